"""Words of the trade that mean the same, from a file that a clerk can edit.

They are applied to the words of a query, never to what is indexed: so an edit counts from the next search on. The file
that comes with the program is replaced by one of the same name in the data folder, when there is one.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from pathlib import Path

from catalogue.search.text import analysis

_log = logging.getLogger(__name__)

FILE_NAME = "synonyms.txt"
SHIPPED = Path(__file__).with_name(FILE_NAME)
MOST_ALTERNATIVES = 6  # of one word: each costs as much as the word itself
MOST_GROUPS = 5_000
MOST_BYTES = 1_000_000
_LONGEST = 40
_BETWEEN = re.compile(r"[/,，、;；\t]+")


@dataclass(frozen=True)
class SynonymProblem:
    """A line that could not be used, by its number, and why (in English, for the log and the command line)."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True)
class Synonyms:
    """Groups of words (folded word → the words of its group as written), and the lines that were left out."""

    groups: Mapping[str, tuple[str, ...]]
    problems: tuple[SynonymProblem, ...] = ()

    def alternatives(self, word: str) -> tuple[str, ...]:
        """What may stand in the place of a word: another word of its group; or, of a longer Chinese word, the same with
        its parts replaced. Of parts that overlap the one that begins first counts, and of these the longest."""
        folded = analysis.fold(word)
        if not self.groups or not folded:
            return ()
        pieces: list[tuple[str, ...]] = []
        done = 0
        for match in self._part.finditer(folded):
            others = [other for other in self.groups[match.group()] if analysis.fold(other) != match.group()]
            pieces += [(folded[done : match.start()],), (match.group(), *others)]
            done = match.end()
        pieces.append((folded[done:],))
        # Looked at, not kept: a word of twenty parts can be put together in a million ways.
        made = map("".join, islice(_fewest_changes_first(pieces), 8 * MOST_ALTERNATIVES))
        known = set(analysis.wanted_terms(word))
        kept: dict[str, None] = {}
        for other in made:
            # Whatever has 铝电解槽 has 电解槽 too: nothing more would be found.
            if not known <= set(analysis.wanted_terms(other)):
                kept.setdefault(other)
            if len(kept) == MOST_ALTERNATIVES:
                break
        return tuple(kept)

    @cached_property
    def _part(self) -> re.Pattern[str]:
        """Finds the words of the groups, the longest first; letters and digits only as a whole."""
        longest_first = sorted(self.groups, key=lambda word: (-len(word), word))
        return re.compile("|".join(f"{_edge(w, 0)}{re.escape(w)}{_edge(w, -1)}" for w in longest_first))


def _edge(word: str, place: int) -> str:
    if analysis.is_han(word[place]):
        return ""
    return r"(?<![a-z0-9])" if place == 0 else r"(?![a-z0-9])"


def _fewest_changes_first(pieces: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The ways to put the pieces together other than as typed, at first those that change one place only."""
    typed = tuple(piece[0] for piece in pieces)
    for place, piece in enumerate(pieces):
        for other in piece[1:]:
            yield (*typed[:place], other, *typed[place + 1 :])
    for way in product(*pieces):
        if sum(one != other for one, other in zip(way, typed, strict=True)) > 1:
            yield way


def read(lines: Iterable[str]) -> Synonyms:
    """The groups of a file. A line that cannot be used is left out and told; no line makes the others useless."""
    groups: dict[str, tuple[str, ...]] = {}
    problems: list[SynonymProblem] = []
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip().strip("\ufeff")
        if not text:
            continue
        words = {analysis.fold(word).strip(): word.strip() for word in _BETWEEN.split(text) if word.strip()}
        reason = _reason_against(words, groups)
        if reason:
            problems.append(SynonymProblem(number, reason))
        else:
            groups.update(dict.fromkeys(words, tuple(words.values())))
    return Synonyms(groups, tuple(problems))


def _reason_against(words: Mapping[str, str], groups: Mapping[str, tuple[str, ...]]) -> str:
    if len(groups) > MOST_GROUPS:
        return f"there are more than {MOST_GROUPS} words"
    if len(words) < 2:
        return "a group has at least two different words, divided by commas or /"
    for folded, word in words.items():
        if len(folded) > _LONGEST:
            return f"“{word[:_LONGEST]}…” is longer than {_LONGEST} characters"
        if len(folded) < 2 or not analysis.wanted_terms(folded):
            return f"“{word}” is too short to be a word of its own"
        if folded in groups:
            return f"“{word}” stands in another group already"
    return ""


class SynonymFile:
    """The synonyms as the files say now: the first of the paths that there is, read again when it has changed."""

    def __init__(self, *paths: Path) -> None:
        self._paths = paths
        self._read: tuple[object, Synonyms] = None, Synonyms({})

    def current(self) -> Synonyms:
        """The synonyms. A file that cannot be read gives none, and the log says why."""
        for path in self._paths:
            try:
                status = path.stat()
            except OSError:
                continue
            stamp = path, status.st_mtime_ns, status.st_size
            if self._read[0] != stamp:
                self._read = stamp, _load(path)
            return self._read[1]
        return Synonyms({})


def _load(path: Path) -> Synonyms:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES)
    except OSError as error:
        _log.warning("%s cannot be read: %s", path, error)
        return Synonyms({})
    # Excel and the old Notepad write GB 18030; what is neither is replaced, and the line with it told as it reads.
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    synonyms = read(text.splitlines())
    for problem in synonyms.problems:
        _log.warning("%s, %s; the line was left out", path, problem)
    return synonyms
