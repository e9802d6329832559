"""Outcomes of rows in words, and where a problem stands."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from catalogue.code_list import CodeList
from catalogue.formatting import number
from catalogue.imports.plan import Plan, PlannedRow, Source, cell_name
from catalogue.records.models.code_lists import (
    BENEFIT_KINDS,
    RELATIONS,
)
from catalogue.records.schema.reference_data import BENEFITS, LINKS

OUTCOMES = CodeList(
    {
        "new": _l("new"),
        "changed": _l("changed"),
        "unchanged": _l("unchanged"),
        "invalid": _l("invalid"),
        "duplicate": _l("possible duplicate"),
    }
)
LEFT_OUT = CodeList(
    {
        "title": _l("title or remark"),
        "blank": _l("blank"),
        "totals": _l("totals"),
        "heading": _l("heading again"),
        "example": _l("example"),
        "hidden": _l("hidden sheet"),
        "chosen": _l("left out as chosen"),
    }
)
FOUND_BY = CodeList(
    {"number": _l("the same number"), "title": _l("nearly the same title"), "file": _l("an earlier row of this file")}
)
_LONGEST = 40


def place(sheet: str, row: int, column: int | None) -> str:
    """Sheet and cell: 专利!C7."""
    return f"{sheet}!{cell_name(column, row)}" if sheet else cell_name(column, row)


def about(table: str, row: PlannedRow) -> str:
    """What a row is about: its title, or what a ledger line or a link says."""
    said = {name: new for name, (_old, new) in row.changes.items()}
    if table == BENEFITS.table and "kind" in said:
        return " · ".join(
            filter(None, (str(BENEFIT_KINDS.label(said["kind"])), _amount(said), said.get("records", "")))
        )
    if table == LINKS.table and "relation" in said:
        return f"{said['source']} {RELATIONS.label(said['relation'])} {said['target']}"
    return row.title


def differences(sources: Sequence[Source], shown: Plan, now: Plan) -> Iterator[str]:
    """What would now be done otherwise than a plan that was shown says: a line for each row, or each field of one."""
    rows_before, rows = ({row.key: row for row in plan.rows} for plan in (shown, now))
    for key in dict.fromkeys((*rows_before, *rows)):
        before, after = shown.decisions.get(key), now.decisions.get(key)
        if before == after:
            continue
        row = rows.get(key) or rows_before[key]
        source = sources[row.source]
        where = place(source.table.sheet, row.number, None)
        if before is None or after is None or before[:2] != after[:2]:
            words = {"before": _said(rows_before.get(key)), "now": _said(rows.get(key))}
            yield _("%(place)s: “%(before)s” before, “%(now)s” now", place=where, **words)
            continue
        for name in dict.fromkeys((*before[2], *after[2])):
            if before[2].get(name) != after[2].get(name):
                field = source.layout.entity.label_of(name) if source.layout.entity else name
                words = {"before": _pair(before[2].get(name)), "now": _pair(after[2].get(name))}
                yield _("%(place)s, %(field)s: “%(before)s” before, “%(now)s” now", place=where, field=field, **words)


def _said(row: PlannedRow | None) -> str:
    """What becomes of a row, with what it becomes or why it cannot be used."""
    if row is None:
        return _("(nothing)")
    code = "" if row.is_provisional else row.code
    why = [each.message for each in row.problems[:1]] + [each.code for each in row.candidates[:1]]
    return " · ".join(filter(None, (str(OUTCOMES.label(row.outcome)), code, *why)))


def _pair(texts: Sequence[str] | None) -> str:
    return " → ".join(_short(text) or _("(empty)") for text in texts) if texts else _("(unchanged)")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def code_of(row: PlannedRow) -> str:
    """The code of a row, as one that may still be another where it is not yet given."""
    return _("%(code)s (provisional)", code=row.code) if row.is_provisional and row.code else row.code


def _amount(said: dict[str, str]) -> str:
    amount = said.get("amount", "")
    return f"{number(Decimal(amount))} {said.get('unit', '')}".strip() if amount else ""


def line(source: Source, row: PlannedRow) -> Iterator[str]:
    """What is the matter with a row, a line for each cell."""
    table = source.table
    for each in row.problems:
        yield _(
            "%(file)s, row %(row)s, column %(column)s: “%(read)s” – %(message)s",
            file=f"{table.file} {place(table.sheet, row.number, each.column)}",
            row=row.number,
            column=each.heading,
            read=_short(each.read),
            message=each.message,
        )
    for candidate in row.candidates:
        yield _(
            "%(file)s, row %(row)s: “%(title)s” may be %(code)s “%(known)s” (%(by)s); write its code into the sheet, "
            "or choose on the import page",
            file=f"{table.file} {table.sheet}".strip(),
            row=row.number,
            title=row.title,
            code=candidate.code,
            known=candidate.title,
            by=FOUND_BY.label(candidate.by),
        )
