"""What clerks leave unsaid in a row: its code, the status of a project, what follows from a patent's dates."""

import re
from collections.abc import Mapping, Sequence

from catalogue.imports.columns.layouts import CellProblem, ColumnLayout
from catalogue.imports.resolver import Lookups
from catalogue.imports.rows.event_cells import events_of_row
from catalogue.imports.rows.identifier_cells import finish_patent, missing_event
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.kinds import KINDS_BY_TABLE
from catalogue.records.schema.reference_data import BENEFITS

_LONGEST_TITLE = 80  # characters; what is longer under 建议内容 is a text

Cells = Mapping[str, Sequence[tuple[int, str]]]


def complete(layout: ColumnLayout, texts: dict[str, str], cells: Cells, lookups: Lookups) -> list[CellProblem]:
    """Add to the texts of a row what follows from them; gives what of its cells cannot be used or is not borne out."""
    entity = layout.entity
    assert entity is not None  # noqa: S101  # nosec B101  # rows of none are not read
    if entity.name == "patent":
        finish_patent(texts)
    if entity.name == "proposal" and "abstract" not in cells:
        _shorten_title(texts)
    if entity is BENEFITS and "code" not in texts and "kind" not in cells:
        texts.setdefault("kind", "other")  # counted in no headline; the plan shows it
    if entity is BENEFITS or entity.table in KINDS_BY_TABLE:
        if "code" not in texts:
            _give_code(entity, texts, lookups)
        elif entity.name == "project" and not lookups.is_code(texts["code"]):
            _say_status(texts)
    return _events(layout, texts, cells, lookups) if entity.name == "patent" else []


def _events(layout: ColumnLayout, texts: dict[str, str], cells: Cells, lookups: Lookups) -> list[CellProblem]:
    """Add the events of a patent; gives what cannot be used of them, or a legal status that they do not bear out."""
    code = texts["code"]
    stored = "" if "events" in cells or code in lookups.codes.given else lookups.events_of(code)
    events, problems = events_of_row(layout, cells, texts, code, stored)
    if events:
        texts["events"] = events
    if "events.status" in cells and not problems:
        place, cell = cells["events.status"][0]
        if message := missing_event(cell, texts):
            return [CellProblem(place, "events.status", cell, message)]
    return problems


def _shorten_title(texts: dict[str, str]) -> None:
    """A whole proposal in the column of titles is its text; its first clause is then the title."""
    text = texts.get("title", "")
    if len(text) > _LONGEST_TITLE:
        texts["abstract"] = text
        texts["title"] = re.split(r"[。；;，,\n]", text)[0][:_LONGEST_TITLE]


def _give_code(entity: Entity, texts: dict[str, str], lookups: Lookups) -> None:
    code = lookups.codes.find(entity, texts)
    if code is None:
        code = lookups.codes.new(entity, texts)
        if entity.name == "project":
            _say_status(texts)
    texts["code"] = code


def _say_status(texts: dict[str, str]) -> None:
    """A new project with a date of completion is completed."""
    texts.setdefault("status", "completed" if texts.get("date") else "under_way")
