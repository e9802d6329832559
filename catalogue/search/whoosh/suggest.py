"""What somebody who is typing may mean, from a Whoosh index: titles, numbers, people, divisions and keywords.

Everything is looked up in joined texts kept in memory and bounded: of a piece that thousands of titles have, the first
few hundred are looked at. Only what stands in records that the asker may see is suggested.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from catalogue.records.numbers import key_beginnings
from catalogue.search.interface import GROUPS, Group, Suggestion
from catalogue.search.text import analysis, pinyin
from catalogue.search.whoosh import bitsets
from catalogue.search.whoosh.name_lookup import Lookup, Sounds
from catalogue.search.whoosh.segments import ThreadReader

LONGEST = 100  # characters typed
SHORTEST_NUMBER = 3
LOOKED_AT = 400  # of the texts that have a piece, in each segment
NUMBERS_LOOKED_AT = 60
WEIGHED = 40  # of the names that have a piece, those of most documents in each segment


def suggest(opened: ThreadReader, text: str, access: frozenset[str] | None, most: int) -> list[Suggestion]:
    """See the port."""
    folded = analysis.fold(text[:LONGEST])
    typed = _Typed(tuple(piece.encode() for piece in folded.split()), pinyin.key(folded).encode())
    if not typed.pieces:
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


@dataclass(frozen=True)
class _Typed:
    """What was typed: its pieces (folded), and how it sounds if it is Latin letters."""

    pieces: tuple[bytes, ...]
    key: bytes

    def beginning(self, written: Lookup, sounding: Callable[[], Sounds], most: int) -> Iterator[int]:
        """The numbers of the texts that begin with it, in letters or in sound."""
        yield from islice(filter(partial(self._has_all, written), written.beginning_with(self.pieces[0])), most)
        if self.key:
            yield from islice(sounding().beginning_like(self.key), most)

    def inside(self, written: Lookup, sounding: Callable[[], Sounds], most: int) -> Iterator[int]:
        """The numbers of the texts that have it anywhere."""
        longest = max(self.pieces, key=len)
        yield from islice(filter(partial(self._has_all, written), written.having(longest)), most)
        if self.key:
            yield from islice(sounding().having_like(self.key), most)

    def _has_all(self, written: Lookup, number: int) -> bool:
        return len(self.pieces) == 1 or all(piece in written.text(number) for piece in self.pieces)


def _titles(opened: ThreadReader, typed: _Typed, seen: bitsets.Membership, most: int) -> list[Suggestion]:
    """Records by title: titles that begin so first, then the newest; of equal titles one."""
    view = opened.view
    chosen: dict[str, Suggestion] = {}
    for where in (_Typed.beginning, _Typed.inside):
        found: set[int] = set()
        for segment, base, leaf in zip(view.segments, view.bases, opened.leaves, strict=True):
            numbers = where(typed, segment.titles(leaf), partial(segment.title_sounds, leaf), LOOKED_AT)
            found.update(seen.among(base + local for local in numbers))
        for document in sorted(found, key=view.newest_key):
            title = opened.texts(document)[0]
            chosen.setdefault(title, Suggestion("record", title, view.id(document)))
            if len(chosen) == most:  # those that have it inside would not be shown: looking for them takes longest
                return list(chosen.values())
    return list(chosen.values())


def _numbers(opened: ThreadReader, text: str, seen: bitsets.Membership, most: int) -> list[Suggestion]:
    """Records by the beginning of one of their numbers, once it has some digits."""
    if sum(map(str.isdigit, text)) < SHORTEST_NUMBER:
        return []
    keys = (key for begun in key_beginnings(text) for key in opened.keys_beginning_with(begun, NUMBERS_LOOKED_AT))
    chosen: dict[int, Suggestion] = {}
    for key in keys:
        for document in seen.among(opened.documents_by_key("number", [key])):
            chosen.setdefault(document, Suggestion("number", key, opened.view.id(document)))
        if len(chosen) >= most:
            break
    return list(chosen.values())[:most]


def _names(opened: ThreadReader, group: Group, typed: _Typed, seen: bitsets.Membership, most: int) -> list[Suggestion]:
    """Names that begin with what was typed first, then those of most records."""
    view = opened.view
    names_of = [segment.names(leaf)[group] for segment, leaf in zip(view.segments, opened.leaves, strict=True)]
    chosen: dict[str, int] = {}
    for where in (_Typed.beginning, _Typed.inside):
        found: dict[str, int] = {}
        for names in names_of:
            for number in where(typed, names.written, partial(getattr, names, "sounding"), WEIGHED):
                found.setdefault(names.names[number], 0)
        for name in found.keys() - chosen.keys():
            found[name] = sum(
                1
                for names, base in zip(names_of, view.bases, strict=True)
                for _document in seen.among(base + document for document in names.documents.get(name, ()))
            )
        for name in sorted(filter(found.get, found), key=lambda name: (-found[name], name)):
            chosen.setdefault(name, found[name])
        if len(chosen) >= most:
            break
    return [Suggestion(group, name, records=chosen[name]) for name in list(chosen)[:most]]
