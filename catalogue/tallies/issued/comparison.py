"""Two frozen tallies beside each other: which figures moved, and what each entry did to them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from flask_babel import gettext as _

from catalogue.errors import InvalidInput
from catalogue.tallies.issued.snapshot import Frozen, FrozenEntry
from catalogue.tallies.models import IssuedReport

How = Literal["came", "went", "moved", "edited"]
_NONE = Decimal(0)


@dataclass(frozen=True)
class Effect:
    """What an entry added to a figure before and after."""

    key: str
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class Move:
    """An entry that is not what it was: `came` and `went` are about the whole selection; `moved` that it stands in
    other figures or adds another amount; `edited` that it has changed without any figure noticing. `entry` is what it
    was last seen as."""

    entry: FrozenEntry
    before: FrozenEntry | None
    after: FrozenEntry | None
    effects: tuple[Effect, ...]

    @property
    def how(self) -> How:
        if self.before is None:
            return "came"
        if self.after is None:
            return "went"
        return "moved" if self.effects else "edited"


@dataclass(frozen=True)
class FigureMove:
    """A figure before and after, and what each entry did to make the difference."""

    key: str
    before: Decimal
    after: Decimal
    causes: tuple[tuple[Move, Effect], ...]

    @property
    def change(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class Comparison:
    """All that differs between two frozen tallies. `figures` are those that entries moved, even where the sum is the
    same again; `moves` are their entries, `edited` those that changed without effect."""

    figures: tuple[FigureMove, ...]
    moves: tuple[Move, ...]
    edited: tuple[Move, ...]


def what_is_counted(counted: Frozen | IssuedReport) -> tuple[str, ...]:
    """What two have to share to be compared; as-of day, period and filters may differ."""
    return counted.shape, counted.subject, *(counted.args.get(name, "") for name in ("rows", "columns", "measure"))


def compare(before: Frozen, after: Frozen) -> Comparison:
    """What moved from one to the other. Raises InvalidInput where they cannot be compared."""
    if what_is_counted(before) != what_is_counted(after):
        raise InvalidInput(
            _("These two do not count the same: only reports with the same rows, columns and measure can be compared."),
            "with",
        )
    old, new = ({entry.name: entry for entry in each.entries} for each in (before, after))
    moves, edited = [], []
    causes: dict[str, list[tuple[Move, Effect]]] = defaultdict(list)
    for name in sorted({*old, *new}):
        earlier, later = old.get(name), new.get(name)
        move = Move(new[name] if name in new else old[name], earlier, later, _effects(earlier, later))
        if move.effects:
            moves.append(move)
            for effect in move.effects:
                causes[effect.key].append((move, effect))
        elif earlier and later and earlier.revision != later.revision:
            edited.append(move)
    said = before.content["figures"], after.content["figures"]
    figures = tuple(
        FigureMove(key, _value(said[0], key), _value(said[1], key), tuple(causes[key]))
        for key in dict.fromkeys((*said[0], *said[1]))
        if key in causes
    )
    return Comparison(figures, tuple(moves), tuple(edited))


def _effects(before: FrozenEntry | None, after: FrozenEntry | None) -> tuple[Effect, ...]:
    """What differs in what an entry adds. An entry that came is told by its figures even where it adds nothing."""
    old = before.figures if before else {}
    new = after.figures if after else {}
    return tuple(
        Effect(key, Decimal(old.get(key, _NONE)), Decimal(new.get(key, _NONE)))
        for key in dict.fromkeys((*old, *new))
        if old.get(key) != new.get(key)
    )


def _value(figures: Mapping[str, Mapping[str, str]], key: str) -> Decimal:
    return Decimal(figures[key]["value"]) if key in figures else _NONE
