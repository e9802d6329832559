"""Claims: figures that somebody published, kept so that they can be held against what the records give."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.database import Base, Hundredths, one_of
from catalogue.records.models.code_lists import QUALIFIERS
from catalogue.records.models.records import Reviewed, reviewed_checks


class Claim(Reviewed, Base):
    """A published figure: what it measures (a figure of the summary, or free words), its value and its source."""

    __tablename__ = "claim"
    __table_args__ = (one_of("qualifier", QUALIFIERS, "qualifier_known"), *reviewed_checks())

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    measure: Mapped[str] = mapped_column(String(60))
    value: Mapped[Decimal] = mapped_column(Hundredths)
    unit: Mapped[str] = mapped_column(String(20), default="")
    qualifier: Mapped[str] = mapped_column(String(10), default="exact")
    as_of: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(200), default="")
    statement: Mapped[str] = mapped_column(Text, default="")
