"""Everything that is stored beside the records, as entities: divisions, people, schemes, links, benefits, claims.

`ENTITIES` lists all of them together with the record kinds, in the order in which one may refer to another.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from catalogue.code_list import CodeList
from catalogue.people.models import (
    DIVISION_TYPES,
    Division,
    Person,
)
from catalogue.records.models.benefits import Benefit, YearlyCount
from catalogue.records.models.claims import Claim
from catalogue.records.models.code_lists import (
    BENEFIT_KINDS,
    GRADES,
    LEVELS,
    MEASURES,
    PATENT_TYPES,
    QUALIFIERS,
    RELATIONS,
    UNITS,
)
from catalogue.records.models.dated_rates import PatentFee, UnitFactor
from catalogue.records.models.records import RecordLink
from catalogue.records.models.schemes import AwardScheme, SchemeGrade, SchemeLevelPeriod
from catalogue.records.models.site_facts import SITE_FACTS, SiteFact
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.fields import Field, Reference, TextField
from catalogue.records.schema.kinds import KINDS, review_fields
from catalogue.records.schema.list_fields import SharesField
from catalogue.records.schema.name_fields import AliasesField, OwnCodeField, OwnNameField
from catalogue.records.schema.resolver import Resolver
from catalogue.records.schema.value_fields import ChoiceField, amount, choice, day, factor, partial_date, whole_number

_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def _year(name: str, label: Any, *, required: bool = False) -> Field:
    return whole_number(name, label, _FIRST_YEAR, _LAST_YEAR, required=required)


def _find_by(model: type[Any], *names: str) -> Callable[[Resolver, Mapping[str, Any]], Any | None]:
    def find(references: Resolver, key: Mapping[str, Any]) -> Any | None:
        if len(names) == 1:
            return references.find(model, names[0], key[names[0]])
        return references.session.scalar(select(model).where(*(getattr(model, name) == key[name] for name in names)))

    return find


def _find_in_scheme(model: type[Any], *names: str) -> Callable[[Resolver, Mapping[str, Any]], Any | None]:
    def find(references: Resolver, key: Mapping[str, Any]) -> Any | None:
        scheme = references.scheme(key["scheme"])
        return references.session.scalar(
            select(model).where(
                model.scheme_id == scheme.id, *(getattr(model, name).is_not_distinct_from(key[name]) for name in names)
            )
        )

    return find


class LinkEnd(Reference):
    """One end of a link, a record by its code."""

    def text(self, entity: RecordLink) -> str:
        return str(getattr(entity, self.name).code)


def _check_link(source_kind: str, relation: str, target_kind: str) -> None:
    expected = LINK_ENDS.get(relation)
    if expected and (source_kind not in expected[0] or target_kind not in expected[1]):
        raise ValueError(
            _(
                "%(relation)s leads from %(sources)s to %(targets)s",
                relation=relation,
                sources=", ".join(expected[0]),
                targets=", ".join(expected[1]),
            )
        )


# Which kinds a link may join; a relation that is not listed may join any.
LINK_ENDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "resulted_in": (("project",), ("achievement",)),
    "awarded": (("achievement", "project", "patent", "paper"), ("award",)),
    "protected_by": (("project", "achievement"), ("patent", "copyright")),
    "reported_in": (("project", "achievement"), ("paper",)),
    "implemented_by": (("proposal",), ("project",)),
    "continued_by": (("project",), ("project",)),
}


class RelationField(ChoiceField):
    """The relation of a link; set last, when both ends are known and can be checked."""

    def assign(self, entity: RecordLink, value: str, references: Resolver) -> None:
        _check_link(entity.source.kind, value, entity.target.kind)
        entity.relation = value


def _relation(name: str, label: Any) -> Field:
    return RelationField(name, label, required=True, choices=RELATIONS)


def _find_link(references: Resolver, key: Mapping[str, Any]) -> RecordLink | None:
    source, target = references.record(key["source"]), references.record(key["target"])
    with references.session.no_autoflush:  # links that are made as a group are written together
        return references.session.get(RecordLink, (source.id, key["relation"], target.id))


DIVISIONS = Entity(
    name="division",
    table="divisions",
    label=_l("Divisions"),
    model=Division,
    fields=(
        OwnCodeField("code", _l("Code"), required=True, length=40),
        OwnNameField("name", _l("Name"), required=True, length=100),
        TextField("name_en", _l("Name in English"), length=100),
        choice("type", _l("Type"), DIVISION_TYPES, default="division"),
        day("valid_from", _l("Valid from")),
        day("valid_to", _l("Valid to")),
        Reference("predecessor", _l("Predecessor"), kind="division"),
        AliasesField("aliases", _l("Also called")),
    ),
    key=("code",),
    find=_find_by(Division, "code"),
    code_of=lambda division: str(division.code),
)
PEOPLE = Entity(
    name="person",
    table="people",
    label=_l("People"),
    model=Person,
    fields=(
        Field("staff_number", _l("Staff number"), required=True, length=40),
        TextField("name", _l("Name"), required=True, length=100),
        Reference("division", _l("Division"), kind="division", attribute="name"),
    ),
    key=("staff_number",),
    find=_find_by(Person, "staff_number"),
    code_of=lambda person: str(person.staff_number),
)
AWARD_SCHEMES = Entity(
    name="award_scheme",
    table="award_schemes",
    label=_l("Award schemes"),
    model=AwardScheme,
    fields=(
        OwnCodeField("code", _l("Code"), required=True, length=40),
        OwnNameField("name", _l("Name"), required=True, length=100),
        TextField("name_en", _l("Name in English"), length=150),
        choice("level", _l("Level"), LEVELS, required=True),
        TextField("conferring_body", _l("Conferring body"), length=100),
    ),
    key=("code",),
    find=_find_by(AwardScheme, "code"),
    code_of=lambda scheme: str(scheme.code),
)
SCHEME_LEVEL_PERIODS = Entity(
    name="scheme_standing",
    table="scheme_standings",
    label=_l("What award schemes count as"),
    model=SchemeLevelPeriod,
    fields=(
        Reference("scheme", _l("Award scheme"), kind="scheme", required=True),
        choice("counts_as", _l("Counts as"), LEVELS, required=True),
        _year("from_year", _l("From year")),
        _year("to_year", _l("To year")),
        TextField("basis", _l("Basis")),
    ),
    key=("scheme", "from_year"),
    find=_find_in_scheme(SchemeLevelPeriod, "from_year"),
    code_of=lambda row: f"{row.scheme.code} {row.from_year or '…'}",
)
SCHEME_GRADES = Entity(
    name="scheme_grade",
    table="scheme_grades",
    label=_l("Grades of award schemes"),
    model=SchemeGrade,
    fields=(
        Reference("scheme", _l("Award scheme"), kind="scheme", required=True),
        choice("grade", _l("Grade"), GRADES, required=True),
        _year("from_year", _l("From year")),
        _year("to_year", _l("To year")),
        whole_number("people_cap", _l("Most people honoured"), 1, 1000),
    ),
    key=("scheme", "grade", "from_year"),
    find=_find_in_scheme(SchemeGrade, "grade", "from_year"),
    code_of=lambda row: f"{row.scheme.code} {row.grade} {row.from_year or '…'}",
)
LINKS = Entity(
    name="link",
    table="links",
    label=_l("Links between records"),
    model=RecordLink,
    fields=(
        LinkEnd("source", _l("From"), kind="record", required=True),
        LinkEnd("target", _l("To"), kind="record", required=True),
        _relation("relation", _l("Relation")),
    ),
    key=("source", "target", "relation"),
    find=_find_link,
    code_of=lambda link: f"{link.source.code} {link.relation} {link.target.code}",
)
BENEFITS = Entity(
    name="benefit",
    table="benefits",
    label=_l("Benefits"),
    model=Benefit,
    fields=(
        Field("code", _l("Code"), required=True, length=40),
        _year("year", _l("Year"), required=True),
        choice("kind", _l("Kind of benefit"), BENEFIT_KINDS, required=True),
        amount("amount", _l("Amount"), required=True, unit="unit"),
        choice("unit", _l("Currency or unit"), UNITS, default="CNY"),
        choice("qualifier", _l("Qualifier"), QUALIFIERS, default="exact"),
        TextField("basis", _l("Basis")),
        TextField("verifier", _l("Verified by"), length=100),
        partial_date("verified_on", _l("Verified on")),
        SharesField("records", _l("Records and shares")),
        *review_fields(),
    ),
    key=("code",),
    find=_find_by(Benefit, "code"),
    code_of=lambda benefit: str(benefit.code),
    prefix="XY",
    place="benefits",
    title_of=lambda texts: texts["basis"] or f"{texts['year']} {BENEFIT_KINDS.label(texts['kind'])}",
)
YEARLY_COUNTS = Entity(
    name="yearly_count",
    table="yearly_counts",
    label=_l("Yearly counts"),
    model=YearlyCount,
    fields=(
        choice("measure", _l("Measure"), MEASURES, required=True),
        _year("year", _l("Year"), required=True),
        whole_number("count", _l("Count"), 0, 10**9, required=True),
        TextField("source", _l("Source")),
        *review_fields(),
    ),
    key=("measure", "year"),
    find=_find_by(YearlyCount, "measure", "year"),
    code_of=lambda row: f"{row.measure} {row.year}",
    title_of=lambda texts: f"{texts['year']} {MEASURES.label(texts['measure'])}",
)
CLAIMS = Entity(
    name="claim",
    table="claims",
    label=_l("Published figures"),
    model=Claim,
    fields=(
        Field("code", _l("Code"), required=True, length=40),
        TextField("measure", _l("Measure"), required=True, length=60),
        amount("value", _l("Value"), required=True),
        TextField("unit", _l("Unit"), length=20),
        choice("qualifier", _l("Qualifier"), QUALIFIERS, default="exact"),
        day("as_of", _l("As of"), required=True),
        TextField("source", _l("Source"), length=200),
        TextField("statement", _l("Statement")),
        *review_fields(),
    ),
    key=("code",),
    find=_find_by(Claim, "code"),
    code_of=lambda claim: str(claim.code),
)
PATENT_FEES = Entity(
    name="patent_fee",
    table="patent_fees",
    label=_l("Annual fees of patents"),
    model=PatentFee,
    fields=(
        choice("patent_type", _l("Patent type"), PATENT_TYPES, required=True),
        whole_number("from_year", _l("From patent year"), 1, 20, required=True),
        whole_number("to_year", _l("To patent year"), 1, 20, required=True),
        amount("amount", _l("Amount (yuan)"), required=True),
        day("valid_from", _l("Valid from"), required=True),
        day("valid_to", _l("Valid to")),
        TextField("source", _l("Source")),
    ),
    key=("patent_type", "from_year", "valid_from"),
    find=_find_by(PatentFee, "patent_type", "from_year", "valid_from"),
    code_of=lambda fee: f"{fee.patent_type} {fee.from_year} {fee.valid_from}",
)
UNIT_FACTORS = Entity(
    name="unit_factor",
    table="unit_factors",
    label=_l("Factors between units"),
    model=UnitFactor,
    fields=(
        choice("from_unit", _l("From unit"), UNITS, required=True),
        choice("to_unit", _l("To unit"), UNITS, required=True),
        factor("factor", _l("Factor")),
        _year("from_year", _l("From year"), required=True),
        _year("to_year", _l("To year")),
        TextField("source", _l("Source")),
    ),
    key=("from_unit", "to_unit", "from_year"),
    find=_find_by(UnitFactor, "from_unit", "to_unit", "from_year"),
    code_of=lambda factor: f"{factor.from_unit} {factor.to_unit} {factor.from_year}",
)
SITE_FACTS_ENTITY = Entity(
    name="site_fact",
    table="site_facts",
    label=_l("Facts about the catalogue"),
    model=SiteFact,
    fields=(
        choice("name", _l("Name"), CodeList({name: name for name in SITE_FACTS}), required=True),
        TextField("value", _l("Value"), required=True, length=300),
    ),
    key=("name",),
    find=_find_by(SiteFact, "name"),
    code_of=lambda fact: str(fact.name),
)

ENTITIES: Mapping[str, Entity] = {
    entity.table: entity
    for entity in (
        SITE_FACTS_ENTITY,
        DIVISIONS,
        PEOPLE,
        AWARD_SCHEMES,
        SCHEME_LEVEL_PERIODS,
        SCHEME_GRADES,
        PATENT_FEES,
        UNIT_FACTORS,
        *KINDS.values(),
        LINKS,
        BENEFITS,
        YEARLY_COUNTS,
        CLAIMS,
    )
}
