"""Technical standards (技术标准): all that is written to have them in the catalogue.

As a plugin of pytest this module is loaded before the site, and registers the kind."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.code_list import CodeList
from catalogue.database import one_of
from catalogue.records.models.records import RECORD_KINDS, Record
from catalogue.records.schema.fields import SEPARATOR, Field, TextField, split
from catalogue.records.schema.kinds import record_fields, record_kind, register
from catalogue.records.schema.list_fields import ListField, PeopleField
from catalogue.records.schema.value_fields import choice, day, partial_date, whole_number, yes_no

STATUSES = CodeList({"draft": "征求意见", "in_force": "现行", "replaced": "废止"})


class Standard(Record):
    """A technical standard; `date` is its publication."""

    __tablename__ = "standard"
    __table_args__: Any = (one_of("status", STATUSES, "status_known"),)
    __mapper_args__ = {"polymorphic_identity": "standard"}

    id: Mapped[int] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)
    standard_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    status: Mapped[str] = mapped_column(String(20))
    major: Mapped[bool] = mapped_column(default=False)
    page_count: Mapped[int | None]
    effective_on: Mapped[date | None] = mapped_column(Date)
    scope: Mapped[str] = mapped_column(Text, default="")
    replaces: Mapped[str] = mapped_column(Text, default="")


@dataclass(frozen=True)
class NumbersField(ListField):
    """Numbers of other standards, kept in one column."""

    def parse(self, text: str) -> list[str]:
        return split(text)

    def text(self, entity: Any) -> str:
        return str(getattr(entity, self.name))

    def assign(self, entity: Any, value: list[str], references: Any) -> None:
        setattr(entity, self.name, SEPARATOR.join(value))


KIND = record_kind(
    "standard",
    Standard,
    label="技术标准",
    plural="技术标准一览",
    prefix="BZ",
    date_label="发布日期",
    people_label="起草人",
    tone="green",
    is_main=True,
    fields=record_fields(
        partial_date("date", "发布日期", required=True),
        PeopleField("people", "起草人"),
        Field("standard_number", "标准号", length=40),
        choice("status", "标准状态", STATUSES, required=True),
        yes_no("major", "重点标准"),
        whole_number("page_count", "页数", 1, 5000),
        day("effective_on", "实施日期"),
        TextField("scope", "适用范围", length=2000),
        NumbersField("replaces", "代替标准"),
    ),
    facts=("standard_number", "status", "major", "page_count", "effective_on", "scope", "replaces"),
    columns=("standard_number", "status"),
    filters=("status",),
    numbers=("standard_number",),
    searched=("scope",),
)
register(KIND)


def upgrade(connection: Connection) -> None:
    """The migration."""
    op = Operations(MigrationContext.configure(connection))
    triggers = connection.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'record'")
    ).scalars()
    kept = list(triggers)  # SQLite rewrites the table to change a constraint
    with op.batch_alter_table("record", copy_from=sa.Table("record", sa.MetaData(), autoload_with=connection)) as batch:
        batch.drop_constraint("ck_record_kind_known", type_="check")
        batch.create_check_constraint("kind_known", sa.text(f"kind IN {(*RECORD_KINDS, KIND.name)!r}"))
    for trigger in kept:
        op.execute(trigger)
    op.create_table(
        "standard",
        sa.Column("id", sa.Integer, sa.ForeignKey("record.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("standard_number", sa.String(40), unique=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("major", sa.Boolean, nullable=False),
        sa.Column("page_count", sa.Integer),
        sa.Column("effective_on", sa.Date),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("replaces", sa.Text, nullable=False),
        sa.CheckConstraint("status IN ('draft', 'in_force', 'replaced')", name="status_known"),
    )
