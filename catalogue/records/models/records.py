"""The record and its kinds: joined-table inheritance, so that each kind keeps typed, constrained columns."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, composite, declared_attr, mapped_column, relationship

from catalogue.accounts.models import Account
from catalogue.accounts.permissions import CONFIDENTIALITY, REVIEW_STATES
from catalogue.database import Base, Hundredths, UtcDateTime, one_of, utc_now
from catalogue.records.models.code_lists import (
    APPRAISAL_LEVELS,
    GRADES,
    LEVELS,
    PATENT_EVENTS,
    PATENT_TYPES,
    PROJECT_CATEGORIES,
    PROJECT_STATUSES,
    PROPOSAL_STATUSES,
    RELATIONS,
)
from catalogue.records.models.partial_dates import PartialDate
from catalogue.records.models.participation import (
    Contribution,
    Participation,
)
from catalogue.records.models.schemes import AwardScheme

RECORD_KINDS = ("project", "achievement", "award", "patent", "copyright", "paper", "proposal")


def date_pair_checks(name: str) -> tuple[CheckConstraint, CheckConstraint]:
    """The constraints of a partial date kept in ``<name>_from`` and ``<name>_to``."""
    return (
        CheckConstraint(f"({name}_from IS NULL) = ({name}_to IS NULL)", name=f"{name}_whole"),
        CheckConstraint(f"{name}_from <= {name}_to", name=f"{name}_order"),
    )


def partial_date(name: str) -> Any:
    """A partial date over the columns ``<name>_from`` and ``<name>_to``; None while they are null."""
    return composite(PartialDate, f"{name}_from", f"{name}_to", return_none_on=lambda first, last: first is None)


class Reviewed:
    """What stands under review and may be confidential; `queries.visible_to` filters on these columns. The states
    follow one another only as `workflow.PAIRS` says: a trigger of the database refuses everything else."""

    review_state: Mapped[str] = mapped_column(String(20), default="published")
    confidentiality: Mapped[str] = mapped_column(String(20), default="public")
    # Whom something restricted is open to, as `;role:reviewer;division:D1;`: see `permissions.scopes_of`.
    restricted_to: Mapped[str] = mapped_column(Text, default="")
    # Who has brought it and sees it in every state; null for what came by command.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)

    @declared_attr
    @classmethod
    def owner(cls) -> Mapped[Account | None]:
        return relationship(Account)


def reviewed_checks() -> tuple[CheckConstraint, CheckConstraint]:
    """The constraints of `Reviewed`, fresh for each table (a constraint belongs to one)."""
    return (
        one_of("review_state", REVIEW_STATES, "review_state_known"),
        one_of("confidentiality", CONFIDENTIALITY, "confidentiality_known"),
    )


class Record(Reviewed, Base):
    """Anything catalogued. `date` means what its kind says: completion, conferral, filing, publication …"""

    __tablename__ = "record"
    __table_args__: Any = (
        one_of("kind", RECORD_KINDS, "kind_known"),
        *reviewed_checks(),
        *date_pair_checks("date"),
        CheckConstraint("title <> ''", name="title_given"),
        CheckConstraint("code <> ''", name="code_given"),
        # What lists and tallies ask of every record: of this kind, shown to this reader, by this day.
        Index("ix_record_shown", "kind", "review_state", "confidentiality", "date_to"),
        Index("ix_record_date", "date_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    abstract: Mapped[str] = mapped_column(Text, default="")
    date_from: Mapped[date | None] = mapped_column(Date)
    date_to: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    date: Mapped[PartialDate | None] = partial_date("date")
    keyword_rows: Mapped[list["RecordKeyword"]] = relationship(
        cascade="all, delete-orphan", order_by="RecordKeyword.position", passive_deletes=True
    )
    contributions: Mapped[list[Contribution]] = relationship(
        cascade="all, delete-orphan", order_by="Contribution.rank", passive_deletes=True
    )
    participations: Mapped[list[Participation]] = relationship(
        cascade="all, delete-orphan", order_by="Participation.rank", passive_deletes=True
    )

    # `version` guards against lost updates: an UPDATE from a stale copy matches no row and raises.
    __mapper_args__ = {"polymorphic_on": "kind", "version_id_col": version, "version_id_generator": False}

    @property
    def keywords(self) -> list[str]:
        return [row.keyword for row in self.keyword_rows]


class RecordKeyword(Base):
    """One keyword of one record, in the order given."""

    __tablename__ = "record_keyword"
    __table_args__: Any = (UniqueConstraint("record_id", "keyword", name="uq_record_keyword_keyword"),)

    record_id: Mapped[int] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    keyword: Mapped[str] = mapped_column(String(100), index=True)


class RecordLink(Base):
    """A directed link between two records, e.g. a project that resulted in an achievement."""

    __tablename__ = "record_link"
    __table_args__: Any = (
        one_of("relation", RELATIONS, "relation_known"),
        CheckConstraint("source_id <> target_id", name="ends_differ"),
    )

    source_id: Mapped[int] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)
    relation: Mapped[str] = mapped_column(String(20), primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True, index=True)

    source: Mapped[Record] = relationship(foreign_keys=source_id)
    target: Mapped[Record] = relationship(foreign_keys=target_id)


def _record_key() -> Mapped[int]:
    return mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)


class Project(Record):
    """An R&D or technical-renovation project; `date` is its completion."""

    __tablename__ = "project"
    __table_args__: Any = (
        one_of("status", PROJECT_STATUSES, "status_known"),
        one_of("category", PROJECT_CATEGORIES, "category_known"),
        *date_pair_checks("started"),
    )
    __mapper_args__ = {"polymorphic_identity": "project"}

    id: Mapped[int] = _record_key()
    major: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(20), default="under_way")
    category: Mapped[str] = mapped_column(String(20), default="research")
    started_from: Mapped[date | None] = mapped_column(Date)
    started_to: Mapped[date | None] = mapped_column(Date)

    started: Mapped[PartialDate | None] = partial_date("started")


class Achievement(Record):
    """An appraised or registered result; `date` is its appraisal or registration."""

    __tablename__ = "achievement"
    __table_args__: Any = (
        one_of("level", LEVELS, "level_known"),
        one_of("appraisal_level", APPRAISAL_LEVELS, "appraisal_level_known"),
    )
    __mapper_args__ = {"polymorphic_identity": "achievement"}

    id: Mapped[int] = _record_key()
    level: Mapped[str] = mapped_column(String(30))
    registration_number: Mapped[str | None] = mapped_column(String(20), unique=True)
    appraisal_level: Mapped[str] = mapped_column(String(30), default="not_assessed")
    appraising_body: Mapped[str] = mapped_column(String(100), default="")


class Award(Record):
    """One conferral; `date` is its conferral. Its level follows from the scheme and its dated standing."""

    __tablename__ = "award"
    __table_args__: Any = (
        one_of("grade", GRADES, "grade_known"),
        UniqueConstraint("scheme_id", "certificate_number", name="uq_award_certificate"),
    )
    __mapper_args__ = {"polymorphic_identity": "award"}

    id: Mapped[int] = _record_key()
    scheme_id: Mapped[int] = mapped_column(ForeignKey("award_scheme.id"), index=True)
    grade: Mapped[str] = mapped_column(String(20))
    certificate_number: Mapped[str | None] = mapped_column(String(60))
    conferring_body: Mapped[str] = mapped_column(String(100), default="")

    scheme: Mapped[AwardScheme] = relationship()


class Patent(Record):
    """A patent or application; `date` is its filing. The legal status follows from its events."""

    __tablename__ = "patent"
    __table_args__: Any = (one_of("patent_type", PATENT_TYPES, "patent_type_known"),)
    __mapper_args__ = {"polymorphic_identity": "patent"}

    id: Mapped[int] = _record_key()
    patent_type: Mapped[str] = mapped_column(String(20))
    application_number: Mapped[str] = mapped_column(String(20), unique=True)
    publication_number: Mapped[str | None] = mapped_column(String(20), unique=True)
    grant_number: Mapped[str | None] = mapped_column(String(20), unique=True)
    applicant: Mapped[str] = mapped_column(String(100), default="")

    events: Mapped[list["PatentEvent"]] = relationship(
        cascade="all, delete-orphan", order_by="PatentEvent.on, PatentEvent.position", passive_deletes=True
    )


class PatentEvent(Base):
    """Something that happened to a patent on a day; `position` keeps the order within a day."""

    __tablename__ = "patent_event"
    # No index on the type: SQLite would take it in place of the primary key and read all events for each patent.
    __table_args__: Any = (one_of("type", PATENT_EVENTS, "type_known"),)

    patent_id: Mapped[int] = mapped_column(ForeignKey("patent.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(20))
    on: Mapped[date] = mapped_column(Date)


class Copyright(Record):
    """A registered software copyright; `date` is its registration."""

    __tablename__ = "copyright"
    __mapper_args__ = {"polymorphic_identity": "copyright"}

    id: Mapped[int] = _record_key()
    registration_number: Mapped[str] = mapped_column(String(20), unique=True)
    certificate_number: Mapped[str | None] = mapped_column(String(60), unique=True)
    software_version: Mapped[str] = mapped_column(String(30), default="")


class Paper(Record):
    """A published paper; `date` is its publication."""

    __tablename__ = "paper"
    __mapper_args__ = {"polymorphic_identity": "paper"}

    id: Mapped[int] = _record_key()
    venue: Mapped[str] = mapped_column(String(150), default="")
    issue: Mapped[str] = mapped_column(String(60), default="")
    pages: Mapped[str] = mapped_column(String(30), default="")
    honour: Mapped[str] = mapped_column(String(100), default="")


class Proposal(Record):
    """A rationalisation proposal; `date` is its submission, `yearly_value` is in yuan a year."""

    __tablename__ = "proposal"
    __table_args__: Any = (
        one_of("status", PROPOSAL_STATUSES, "status_known"),
        CheckConstraint("yearly_value IS NULL OR yearly_value >= 0", name="yearly_value_not_negative"),
    )
    __mapper_args__ = {"polymorphic_identity": "proposal"}

    id: Mapped[int] = _record_key()
    major: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(20), default="submitted")
    yearly_value: Mapped[Decimal | None] = mapped_column(Hundredths)
