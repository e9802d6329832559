"""The kinds of records, as data: what each is called, which fields it has, how its lists look and are filtered.

A kind differs from another here and in its columns (`models`), not in views or templates of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l

from catalogue.accounts.permissions import CONFIDENTIALITY
from catalogue.records.models.code_lists import (
    APPRAISAL_LEVELS,
    GRADES,
    LEVELS,
    PATENT_TYPES,
    PROJECT_CATEGORIES,
    PROJECT_STATUSES,
    PROPOSAL_STATUSES,
)
from catalogue.records.models.records import (
    Achievement,
    Award,
    Copyright,
    Paper,
    Patent,
    Project,
    Proposal,
    Record,
)
from catalogue.records.schema.entities import RECORDS, Entity
from catalogue.records.schema.fields import Field, Reference, TextField
from catalogue.records.schema.list_fields import (
    DivisionsField,
    EventsField,
    KeywordsField,
    PeopleField,
)
from catalogue.records.schema.number_fields import (
    achievement_number,
    application_number,
    copyright_number,
    publication_number,
)
from catalogue.records.schema.resolver import Resolver
from catalogue.records.schema.review_fields import RestrictionField, review_state
from catalogue.records.schema.value_fields import amount, choice, filing_date, partial_date, yes_no


@dataclass(frozen=True)
class Kind(Entity):
    """A kind of record. `facts` are the fields its page shows beside the abstract, in that order; `columns` those of
    its list; `filters` the choice fields that its list can be narrowed by; `numbers` the fields that hold numbers by
    which a record is known; `searched` further fields whose words are searched; `tone` the colour of its badge; `names`
    the words, beside its label, by which a query asks for it; `is_main` puts its list into the head of every page."""

    names: tuple[str, ...] = ()
    is_main: bool = False
    date_label: Any = ""
    people_label: Any = ""
    tone: str = "blue"
    facts: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    # Which link leads from this kind to another, for the chain on record pages and for checking links.
    links: Mapping[str, str] = field(default_factory=dict)


def _find_record(references: Resolver, key: Mapping[str, Any]) -> Record | None:
    return references.find(Record, "code", key["code"])


def review_fields() -> tuple[Field, ...]:
    """The fields of everything that stands under review."""
    return (
        review_state("review_state", _l("Review state")),
        choice("confidentiality", _l("Confidentiality"), CONFIDENTIALITY, default="public"),
        RestrictionField("restricted_to", _l("Open to")),
    )


REVIEW_FIELDS = ("review_state", "confidentiality", "restricted_to")


def record_fields(date: Field, people: PeopleField, *own: Field) -> tuple[Field, ...]:
    """The fields of a kind of record: those that every record has, and its `own`."""
    return (
        Field("code", _l("Code"), required=True, length=40),
        TextField("title", _l("Title"), required=True, length=300),
        TextField("abstract", _l("Abstract"), length=20000),
        KeywordsField("keywords", _l("Keywords")),
        date,
        DivisionsField("divisions", _l("Divisions")),
        people,
        *own,
        *review_fields(),
    )


def record_kind(name: str, model: type[Record], **properties: Any) -> Kind:
    """A kind of record that is stored as `model`; its list stands under the plural of its name."""
    return Kind(
        name=name,
        table=f"{name}s",
        model=model,
        key=("code",),
        find=_find_record,
        code_of=lambda record: str(record.code),
        place=RECORDS,
        **properties,
    )


_KINDS = (
    record_kind(
        "project",
        Project,
        label=_l("Project"),
        plural=_l("Projects"),
        names=("项目", "科技项目"),
        is_main=True,
        prefix="XM",
        date_label=_l("Completed"),
        people_label=_l("Contributors"),
        tone="blue",
        fields=record_fields(
            partial_date("date", _l("Completed")),
            PeopleField("people", _l("Contributors"), first_role="leader"),
            choice("status", _l("Status"), PROJECT_STATUSES, required=True),
            yes_no("major", _l("Major project")),
            choice("category", _l("Category"), PROJECT_CATEGORIES, default="research"),
            partial_date("started", _l("Started")),
        ),
        facts=("status", "major", "category", "started"),
        columns=("status", "category"),
        filters=("status", "category"),
        links={"resulted_in": "achievement", "awarded": "award", "protected_by": "patent", "reported_in": "paper"},
    ),
    record_kind(
        "achievement",
        Achievement,
        label=_l("Achievement"),
        plural=_l("Achievements"),
        names=("成果", "科技成果"),
        is_main=True,
        prefix="CG",
        date_label=_l("Appraised or registered"),
        people_label=_l("Contributors"),
        tone="green",
        fields=record_fields(
            partial_date("date", _l("Appraised or registered"), required=True),
            PeopleField("people", _l("Contributors")),
            choice("level", _l("Level"), LEVELS, required=True),
            achievement_number("registration_number", _l("Registration number")),
            choice("appraisal_level", _l("Level of appraisal"), APPRAISAL_LEVELS, default="not_assessed"),
            TextField("appraising_body", _l("Appraised by"), length=100),
        ),
        facts=("level", "appraisal_level", "registration_number", "appraising_body"),
        columns=("level", "appraisal_level"),
        filters=("level", "appraisal_level"),
        numbers=("registration_number",),
        searched=("appraising_body",),
        links={"awarded": "award"},
    ),
    record_kind(
        "award",
        Award,
        label=_l("Award"),
        plural=_l("Awards"),
        names=("奖励",),
        is_main=True,
        prefix="JL",
        date_label=_l("Conferred"),
        people_label=_l("Honoured"),
        tone="red",
        fields=record_fields(
            partial_date("date", _l("Conferred"), required=True),
            PeopleField("people", _l("Honoured")),
            Reference("scheme", _l("Award scheme"), kind="scheme", required=True),
            choice("grade", _l("Grade"), GRADES, required=True),
            Field("certificate_number", _l("Certificate number"), length=60),
            TextField("conferring_body", _l("Conferring body"), length=100),
        ),
        facts=("scheme", "grade", "certificate_number", "conferring_body"),
        columns=("scheme", "grade"),
        filters=("scheme", "grade"),
        numbers=("certificate_number",),
        searched=("scheme", "conferring_body"),
    ),
    record_kind(
        "patent",
        Patent,
        label=_l("Patent"),
        plural=_l("Patents"),
        names=("专利",),
        is_main=True,
        prefix="ZL",
        date_label=_l("Filed"),
        people_label=_l("Inventors"),
        tone="gold",
        fields=record_fields(
            filing_date("date", _l("Filed")),
            PeopleField("people", _l("Inventors"), first_role="inventor", role="inventor"),
            choice("patent_type", _l("Patent type"), PATENT_TYPES, required=True),
            application_number("application_number", _l("Application number")),
            publication_number("publication_number", _l("Publication number")),
            publication_number("grant_number", _l("Grant number")),
            TextField("applicant", _l("Applicant"), length=100),
            EventsField("events", _l("Events"), required=True),
        ),
        facts=("patent_type", "application_number", "publication_number", "grant_number", "applicant"),
        columns=("patent_type", "application_number"),
        filters=("patent_type",),
        numbers=("application_number", "publication_number", "grant_number"),
        searched=("applicant",),
    ),
    record_kind(
        "copyright",
        Copyright,
        label=_l("Software copyright"),
        plural=_l("Software copyrights"),
        names=("软件著作权", "软著"),
        prefix="RZ",
        date_label=_l("Registered"),
        people_label=_l("Contributors"),
        tone="gold",
        fields=record_fields(
            partial_date("date", _l("Registered"), required=True),
            PeopleField("people", _l("Contributors")),
            copyright_number("registration_number", _l("Registration number")),
            Field("certificate_number", _l("Certificate number"), length=60),
            TextField("software_version", _l("Version"), length=30),
        ),
        facts=("registration_number", "certificate_number", "software_version"),
        columns=("registration_number",),
        numbers=("registration_number", "certificate_number"),
    ),
    record_kind(
        "paper",
        Paper,
        label=_l("Paper"),
        plural=_l("Papers"),
        names=("论文",),
        prefix="LW",
        date_label=_l("Appeared"),
        people_label=_l("Authors"),
        tone="blue",
        fields=record_fields(
            partial_date("date", _l("Appeared"), required=True),
            PeopleField("people", _l("Authors"), first_role="author", role="author"),
            TextField("venue", _l("Published in"), length=150),
            TextField("issue", _l("Issue"), length=60),
            TextField("pages", _l("Pages"), length=30),
            TextField("honour", _l("Honour"), length=100),
        ),
        facts=("venue", "issue", "pages", "honour"),
        columns=("venue", "issue"),
        searched=("venue", "honour"),
    ),
    record_kind(
        "proposal",
        Proposal,
        label=_l("Proposal"),
        plural=_l("Proposals"),
        names=("合理化建议", "建议"),
        prefix="JY",
        date_label=_l("Put forward"),
        people_label=_l("Proposers"),
        tone="grey",
        fields=record_fields(
            partial_date("date", _l("Put forward"), required=True),
            PeopleField("people", _l("Proposers"), first_role="proposer", role="proposer"),
            yes_no("major", _l("Major proposal")),
            choice("status", _l("Status"), PROPOSAL_STATUSES, default="submitted"),
            amount("yearly_value", _l("Value a year (yuan)")),
        ),
        facts=("status", "major", "yearly_value"),
        columns=("status", "yearly_value"),
        filters=("status",),
        links={"implemented_by": "project"},
    ),
)
_by_name: dict[str, Kind] = {}
_by_table: dict[str, Kind] = {}
KINDS: Mapping[str, Kind] = MappingProxyType(_by_name)
# The plural names are also the path under which a kind's list stands: /projects, /patents …
KINDS_BY_TABLE: Mapping[str, Kind] = MappingProxyType(_by_table)


def register(*kinds: Kind) -> None:
    """Add kinds of records to those that the site knows.

    Addresses, forms, sheets and schemas are made of `KINDS` while their modules are imported: register a kind before
    `catalogue.app` is. Its columns come by a migration, which also admits its name to the constraint of `record.kind`.
    """
    for kind in kinds:
        if kind.name in _by_name or kind.table in _by_table:
            raise ValueError(f"there is a kind {kind.name} already")
        _by_name[kind.name] = _by_table[kind.table] = kind


register(*_KINDS)
