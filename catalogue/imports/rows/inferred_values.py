"""What clerks leave unsaid in a row: its code, the status of a project, what follows from a patent's dates."""

import re
from collections.abc import Mapping, Sequence

from catalogue.imports.columns.layouts import CellProblem
from catalogue.imports.resolver import Lookups
from catalogue.imports.rows.identifier_cells import finish_patent, missing_event
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.fields import SEPARATOR, split
from catalogue.records.schema.kinds import KINDS_BY_TABLE
from catalogue.records.schema.reference_data import BENEFITS

_LONGEST_TITLE = 80  # characters; what is longer under 建议内容 is a text

Cells = Mapping[str, Sequence[tuple[int, str]]]


def complete(entity: Entity, texts: dict[str, str], cells: Cells, lookups: Lookups) -> list[CellProblem]:
    """Add to the texts of a row what follows from them; gives what a cell says that they do not bear out."""
    if entity.name == "patent":
        finish_patent(texts, has_events="events" in cells)
    if entity.name == "proposal" and "abstract" not in cells:
        _shorten_title(texts)
    if entity is BENEFITS and "code" not in texts and "kind" not in cells:
        texts.setdefault("kind", "other")  # counted in no headline; the plan shows it
    if entity is BENEFITS or entity.table in KINDS_BY_TABLE:
        if "code" not in texts:
            _give_code(entity, texts, cells, lookups)
        elif entity.name == "project" and not lookups.is_code(texts["code"]):
            _say_status(texts)
        elif entity.name == "patent" and "events" not in cells:
            _add_stored_events(texts, lookups)
    if "events.status" in cells:
        place, cell = cells["events.status"][0]
        if message := missing_event(cell, texts):
            return [CellProblem(place, "events.status", cell, message)]
    return []


def _shorten_title(texts: dict[str, str]) -> None:
    """A whole proposal in the column of titles is its text; its first clause is then the title."""
    text = texts.get("title", "")
    if len(text) > _LONGEST_TITLE:
        texts["abstract"] = text
        texts["title"] = re.split(r"[。；;，,\n]", text)[0][:_LONGEST_TITLE]


def _give_code(entity: Entity, texts: dict[str, str], cells: Cells, lookups: Lookups) -> None:
    code = lookups.codes.find(entity, texts)
    if code is None:
        code = lookups.codes.new(entity, texts)
        if entity.name == "project":
            _say_status(texts)
        texts["code"] = code
        return
    texts["code"] = code
    if entity.name == "patent" and "events" not in cells:
        _add_stored_events(texts, lookups)


def _say_status(texts: dict[str, str]) -> None:
    """A new project with a date of completion is completed."""
    texts.setdefault("status", "completed" if texts.get("date") else "under_way")


def _add_stored_events(texts: dict[str, str], lookups: Lookups) -> None:
    """What a sheet says of filing and grant is added to what happened since."""
    together = dict.fromkeys([*split(lookups.events_of(texts["code"])), *split(texts.get("events", ""))])
    texts["events"] = SEPARATOR.join(sorted(together, key=lambda event: event.split()[-1]))
