"""Running the rules: every breach that an actor may see, in one query whatever the number of rules and records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from sqlalchemy import CompoundSelect, String, and_, bindparam, cast, func, inspect, literal, null, select, union_all
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.people.models import Division
from catalogue.query_args import read_choice
from catalogue.records.models.benefits import Benefit
from catalogue.records.models.participation import Participation
from catalogue.records.models.records import Record
from catalogue.records.patents.rules import PATENT_RULES
from catalogue.records.queries import leading_division_of_benefit, visible_to
from catalogue.records.rules import RULES as OTHER_RULES
from catalogue.records.rules import Query, Rule

RULES: Mapping[str, Rule] = {rule.name: rule for rule in (*OTHER_RULES, *PATENT_RULES)}


@dataclass(frozen=True)
class Breach:
    """A record or ledger line that breaks a rule. `kind` is that of the record or of the benefit, `year` the line's."""

    rule: Rule
    code: str
    title: str
    kind: str
    year: int | None
    message: str

    @property
    def is_line(self) -> bool:
        """Whether it is a ledger line, not a record."""
        return self.rule.model is Benefit


@dataclass(frozen=True)
class RuleBreaches:
    """The breaches of one rule: how many there are, and those of this page."""

    rule: Rule
    count: int
    breaches: Sequence[Breach]


@dataclass(frozen=True)
class CheckState:
    """What the work list asks for: one rule or all of them, the records that one division leads or all."""

    rule: str = ""
    division: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str], divisions: Mapping[str, str]) -> Self:
        """Read the arguments. Raises InvalidInput for a rule or a division that there is not."""
        return cls(read_choice(args, "rule", list(RULES)), read_choice(args, "division", divisions))

    @property
    def rules(self) -> list[Rule]:
        """The rules asked for, in their order."""
        return [RULES[self.rule]] if self.rule else list(RULES.values())


def find_groups(
    session: Session, actor: Actor, state: CheckState, limit: int | None, offset: int = 0
) -> list[RuleBreaches]:
    """The rules that are broken with their breaches by code; of each rule `limit` ones (None: all) after `offset`."""
    rows = union_all(*(_numbered(rule, _visible(rule, actor, state.division)) for rule in state.rules)).subquery()
    query = select(rows).where(rows.c.place > offset).order_by(rows.c.place)
    if limit is not None:
        query = query.where(rows.c.place <= offset + limit)
    found: dict[str, list[Any]] = {}
    for row in session.execute(query):
        found.setdefault(row.rule, []).append(row)
    return [
        RuleBreaches(RULES[name], found[name][0].number, [_breach(row) for row in found[name]])
        for name in RULES
        if name in found
    ]


def warnings_of(session: Session, actor: Actor, record: Record | Benefit) -> list[Breach]:
    """What a record or a ledger line itself breaks, for its own page."""
    query = _own_warnings(type(record), actor)
    found = [] if query is None else [_breach(row) for row in session.execute(query, {"record_id": record.id})]
    order = list(RULES)
    return sorted(found, key=lambda breach: order.index(breach.rule.name))


@lru_cache(maxsize=100)  # putting it together takes far longer than running it
def _own_warnings(model: type[Record] | type[Benefit], actor: Actor) -> CompoundSelect[Any] | None:
    """The query for what the item `record_id` of this model breaks; None where no rule is about the model."""
    rules = [rule for rule in RULES.values() if rule.model is model]
    if not rules:
        return None
    own = bindparam("record_id", type_=model.id.type)
    return union_all(*(_numbered(rule, _visible(rule, actor).where(model.id == own)) for rule in rules))


def _visible(rule: Rule, actor: Actor, division: str = "") -> Query:
    """The rule's query, for what the actor may see and a division leads."""
    if rule.model is Benefit:
        query = rule.breaking().where(visible_to(actor, Benefit))
        return query.where(leading_division_of_benefit(actor) == division) if division else query
    # The join to the kind's own table says the same, but this lets a database find the kind by its index.
    query = rule.breaking().where(visible_to(actor), Record.kind == inspect(rule.model).polymorphic_identity)
    if division:
        leads = and_(Participation.rank == 1, Participation.division.has(Division.code == division))
        query = query.where(rule.model.participations.any(leads))
    return query


def _numbered(rule: Rule, query: Query) -> Query:
    """The rows of a rule with their number and each one's place, in columns that are the same for every rule."""
    model = rule.model
    title, kind, year = (model.basis, model.kind, model.year) if model is Benefit else (model.title, model.kind, null())
    rows = query.add_columns(model.code, title, kind, year).subquery()
    _id, found, expected, code, title, kind, year = rows.c
    return select(
        cast(literal(rule.name), String).label("rule"),
        func.count().over().label("number"),
        func.row_number().over(order_by=(code, found)).label("place"),
        *(cast(column, String).label(name) for name, column in (("found", found), ("expected", expected))),
        code.label("code"),
        title.label("title"),
        kind.label("kind"),
        cast(year, Benefit.year.type).label("year"),
    )


def _breach(row: Any) -> Breach:
    rule = RULES[row.rule]
    return Breach(rule, row.code, row.title, row.kind, row.year, rule.explain(row.found or "", row.expected or ""))
