"""What somebody who is typing may mean, from a Whoosh index: titles, numbers, people, divisions and keywords.

Everything is looked up in joined texts kept in memory and bounded: of a piece that thousands of titles have, the first
few hundred are looked at. Only what stands in records that the asker may see is suggested.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice

from catalogue.records.numbers import key_beginnings

from . import analysis, bitsets, pinyin
from .port import GROUPS, Group, Suggestion
from .whoosh_names import Lookup, Sounds
from .whoosh_segments import Opened

LONGEST = 100  # characters typed
SHORTEST_NUMBER = 3
LOOKED_AT = 400  # of the texts that have a piece, in each segment
WEIGHED = 40  # of the names that have a piece, those of most documents in each segment


def suggest(opened: Opened, text: str, access: frozenset[str] | None, most: int) -> list[Suggestion]:
    """See the port."""
    typed = analysis.fold(text[:LONGEST]).strip()
    if not typed:
        return []
    view = opened.view
    visible = view.live if access is None else view.live & view.having("access", access)
    seen = bitsets.Membership(visible, view.size)
    found: list[Suggestion] = []
    for group in GROUPS:
        if group == "record":
            found += _titles(opened, typed, seen, most)
        elif group == "number":
            found += _numbers(opened, text[:LONGEST], seen, most)
        else:
            found += _names(opened, group, typed, seen, most)
    return found


def _matching(written: Lookup, sounding: Callable[[], Sounds], typed: str, most: int) -> Iterator[tuple[bool, int]]:
    """The numbers of the texts that have all that was typed, each once, with whether they begin with it."""
    pieces = typed.split()
    longest = max(pieces, key=len).encode()
    seen: set[int] = set()
    whole = pieces[0].encode()
    ways: list[tuple[bool, Iterable[int]]] = [(True, written.beginning_with(whole)), (False, written.having(longest))]
    if key := pinyin.key(typed):
        sounds = sounding()
        ways += [(True, sounds.beginning_like(key.encode())), (False, sounds.having_like(key.encode()))]
    for at, (begins, numbers) in enumerate(ways):
        for number in islice(numbers, most):
            if number in seen:
                continue
            # By its sound a text was asked for as a whole; by its characters only one piece was.
            if at < 2 and len(pieces) > 1 and not all(piece.encode() in written.text(number) for piece in pieces):
                continue
            seen.add(number)
            yield begins, number


def _titles(opened: Opened, typed: str, seen: bitsets.Membership, most: int) -> list[Suggestion]:
    """Records by title: titles that begin so first, then the newest; of equal titles one."""
    view = opened.view
    ranked: list[tuple[bool, tuple[int, bytes], int]] = []
    for segment, base, leaf in zip(view.segments, view.bases, opened.leaves, strict=True):
        sounds = partial(segment.title_sounds, leaf)
        for begins, local in _matching(segment.titles(leaf), sounds, typed, LOOKED_AT):
            if base + local in seen:
                ranked.append((not begins, view.newest_key(base + local), base + local))
    chosen: dict[str, Suggestion] = {}
    for _inside, _newest, document in sorted(ranked):
        title = opened.texts(document)[0]
        chosen.setdefault(title, Suggestion("record", title, view.id(document)))
        if len(chosen) == most:
            break
    return list(chosen.values())


def _numbers(opened: Opened, text: str, seen: bitsets.Membership, most: int) -> list[Suggestion]:
    """Records by the beginning of one of their numbers, once it has some digits."""
    if sum(map(str.isdigit, text)) < SHORTEST_NUMBER:
        return []
    keys = (key for begun in key_beginnings(text) for key in opened.keys_beginning_with(begun, LOOKED_AT))
    chosen: dict[int, Suggestion] = {}
    for key in dict.fromkeys(keys):
        for document in seen.among(opened.known_by("number", [key])):
            chosen.setdefault(document, Suggestion("number", key, opened.view.id(document)))
        if len(chosen) >= most:
            break
    return list(chosen.values())[:most]


def _names(opened: Opened, group: Group, typed: str, seen: bitsets.Membership, most: int) -> list[Suggestion]:
    """Names that begin with what was typed first, then those of most records."""
    view = opened.view
    names_of = [segment.names(leaf)[group] for segment, leaf in zip(view.segments, opened.leaves, strict=True)]
    first: dict[str, bool] = {}
    for names in names_of:
        for begins, number in _matching(names.written, partial(getattr, names, "sounding"), typed, WEIGHED):
            first[names.names[number]] = first.get(names.names[number], False) or begins
    counts = {
        name: sum(
            1
            for names, base in zip(names_of, view.bases, strict=True)
            for _document in seen.among(base + document for document in names.documents.get(name, ()))
        )
        for name in first
    }
    ranked = sorted(filter(counts.get, counts), key=lambda name: (not first[name], -counts[name], name))
    return [Suggestion(group, name, records=counts[name]) for name in ranked[:most]]
