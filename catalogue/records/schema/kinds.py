"""The kinds of records, as data: what each is called, which fields it has, how its lists look and are filtered.

A kind differs from another here and in its columns (`models`), not in views or templates of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
from catalogue.records.schema.entities import Entity
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
from catalogue.records.schema.resolver import References
from catalogue.records.schema.review_fields import RestrictionField, review_state
from catalogue.records.schema.value_fields import amount, choice, filing_date, partial_date, yes_no


@dataclass(frozen=True)
class Kind(Entity):
    """A kind of record. `facts` are the fields its page shows beside the abstract, in that order; `columns` those of
    its list; `filters` the choice fields that its list can be narrowed by; `numbers` the fields that hold numbers by
    which a record is known; `searched` further fields whose words are searched; `tone` the colour of its badge."""

    plural: Any = ""
    prefix: str = ""
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


def _find_record(references: References, key: Mapping[str, Any]) -> Record | None:
    return references.find(Record, "code", key["code"])


def review_fields() -> tuple[Field, ...]:
    """The fields of everything that stands under review."""
    return (
        review_state("review_state", _l("Review state")),
        choice("confidentiality", _l("Confidentiality"), CONFIDENTIALITY, default="public"),
        RestrictionField("restricted_to", _l("Open to")),
    )


REVIEW_FIELDS = ("review_state", "confidentiality", "restricted_to")


def _record_fields(date: Field, people: PeopleField, *own: Field) -> tuple[Field, ...]:
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


def _kind(name: str, model: type[Record], **properties: Any) -> Kind:
    return Kind(
        name=name,
        table=f"{name}s",
        model=model,
        key=("code",),
        find=_find_record,
        code_of=lambda record: str(record.code),
        **properties,
    )


_KINDS = (
    _kind(
        "project",
        Project,
        label=_l("Project"),
        plural=_l("Projects"),
        prefix="XM",
        date_label=_l("Completed"),
        people_label=_l("Contributors"),
        tone="blue",
        fields=_record_fields(
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
    _kind(
        "achievement",
        Achievement,
        label=_l("Achievement"),
        plural=_l("Achievements"),
        prefix="CG",
        date_label=_l("Appraised or registered"),
        people_label=_l("Contributors"),
        tone="green",
        fields=_record_fields(
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
    _kind(
        "award",
        Award,
        label=_l("Award"),
        plural=_l("Awards"),
        prefix="JL",
        date_label=_l("Conferred"),
        people_label=_l("Honoured"),
        tone="red",
        fields=_record_fields(
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
    _kind(
        "patent",
        Patent,
        label=_l("Patent"),
        plural=_l("Patents"),
        prefix="ZL",
        date_label=_l("Filed"),
        people_label=_l("Inventors"),
        tone="gold",
        fields=_record_fields(
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
    _kind(
        "copyright",
        Copyright,
        label=_l("Software copyright"),
        plural=_l("Software copyrights"),
        prefix="RZ",
        date_label=_l("Registered"),
        people_label=_l("Contributors"),
        tone="gold",
        fields=_record_fields(
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
    _kind(
        "paper",
        Paper,
        label=_l("Paper"),
        plural=_l("Papers"),
        prefix="LW",
        date_label=_l("Appeared"),
        people_label=_l("Authors"),
        tone="blue",
        fields=_record_fields(
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
    _kind(
        "proposal",
        Proposal,
        label=_l("Proposal"),
        plural=_l("Proposals"),
        prefix="JY",
        date_label=_l("Put forward"),
        people_label=_l("Proposers"),
        tone="grey",
        fields=_record_fields(
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
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _KINDS}
# The plural names are also the path under which a kind's list stands: /projects, /patents …
KINDS_BY_TABLE: Mapping[str, Kind] = {kind.table: kind for kind in _KINDS}
