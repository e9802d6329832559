"""A form at work: what it was opened at, what is typed in it, which texts that makes, and what is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.editing import links
from catalogue.editing.form_context import FormContext
from catalogue.editing.layout import FieldGroup, groups_of, widgets_of
from catalogue.editing.save_modes import Mode, mode_of
from catalogue.editing.widgets import Widget
from catalogue.errors import InvalidInput
from catalogue.records.history.versions import texts_at, versions_of
from catalogue.records.models.records import Reviewed
from catalogue.records.numbers import NumberError, parse_application
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.kinds import Kind
from catalogue.review.amendments import current_number

_LONGEST = 100_000  # characters of one control
ADD_PEOPLE = "add-people"


def texts_then(session: Session, actor: Actor, entity: Entity, item: Any, number: int) -> Mapping[str, str]:
    """The text forms of an item as they were at a revision. Raises InvalidInput for one that there is not, or that the
    actor may not see: no form was opened at it."""
    if isinstance(item, Reviewed):
        versions = versions_of(session, actor, entity, item)
        found = next((version.texts for version in versions if version.number == number), None)
    else:
        found = texts_at(session, entity, item, number)
    if found is None:
        raise InvalidInput(_("This form does not fit the entry as it is. Open it anew."), "base")
    return found


@dataclass
class EntityForm:
    """The form of an item, or of a new one (`item` None).

    `base` are its texts as the form was opened, at the revision `base_number`. `raw` is what stands in the controls,
    `problems` what is wrong, by the name of the widget; `texts` what the whole form says, once it has been read.
    """

    session: Session
    actor: Actor
    entity: Entity
    item: Any | None
    mode: Mode
    base_number: int
    base: Mapping[str, str]
    reading: FormContext
    raw: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    link_changes: links.LinkChanges = field(default_factory=links.LinkChanges)
    linked: list[links.ShownLink] = field(default_factory=list)

    @classmethod
    def open(
        cls, session: Session, actor: Actor, entity: Entity, item: Any | None, base_number: int | None = None
    ) -> Self:
        """The form as it is opened: now, or again at the revision at which it was opened before."""
        newest = current_number(session, entity, item) if item is not None else 0
        number = newest if base_number is None else min(base_number, newest)
        base: Mapping[str, str] = {}
        if item is not None:
            same = number == newest
            base = entity.texts(item) if same else texts_then(session, actor, entity, item, number)
        reading = FormContext(session, actor, base)
        form = cls(session, actor, entity, item, mode_of(actor, entity, item), number, base, reading)
        if form.has_links and item is not None:
            form.linked = links.shown_links(reading, item)
        for widget in form.widgets:
            form.raw.update(widget.show(base, reading))
        form.raw.update({name: "" for name in form.controls if name not in form.raw})
        return form

    @property
    def is_new(self) -> bool:
        return self.item is None

    @property
    def widgets(self) -> tuple[Widget, ...]:
        return widgets_of(self.entity, is_new=self.is_new)

    @property
    def groups(self) -> tuple[FieldGroup, ...]:
        return groups_of(self.entity, is_new=self.is_new)

    @property
    def has_links(self) -> bool:
        """Whether links can be entered: of records, unless its actor may do no more than propose."""
        return isinstance(self.entity, Kind) and (self.mode != "proposal" or self.actor.may("review"))

    @property
    def ways(self) -> dict[str, Any]:
        """How it can be linked: way → label."""
        return {way: label for way, (label, _kinds) in links.ways(self.entity).items()}  # type: ignore[arg-type]

    @property
    def link_rows(self) -> list[int]:
        """The rows of new links to draw: those in use and a few empty ones."""
        used = [row for row in range(1, links.MOST_NEW + 1) if self.raw.get(f"link-{row}-record")]
        return list(range(1, min(links.MOST_NEW, max(used, default=0) + links.SHOWN_NEW) + 1))

    @property
    def controls(self) -> Iterable[str]:
        """The names of all controls whose content is typed; nothing else of what is sent is looked at."""
        for widget in self.widgets:
            yield from widget.controls
            if widget.shape == "people":
                yield ADD_PEOPLE
        if self.has_links:
            yield from links.controls()
            yield from (link.control for link in self.linked)

    def take(self, sent: Mapping[str, str]) -> None:
        """Fill the controls with what was sent."""
        for name in self.controls:
            self.raw[name] = str(sent.get(name, ""))[:_LONGEST].replace("\x00", "")

    def read(self) -> None:
        """Make texts of what stands in the controls, and note what cannot be used."""
        self.problems, self.texts = {}, {}
        self.reading.adds_people = self.raw.get(ADD_PEOPLE) == "yes" and self.actor.may("keep_registers")
        self._fill_in()
        for widget in self.widgets:
            try:
                self.texts.update(self._read_widget(widget))
            except ValueError as error:
                self.problems[widget.name] = str(error)
        for name, text in self.reading.implied.items():
            if self.texts.get(name) == "exact":
                self.texts[name] = text
        if self.entity.name == "patent" and not self.texts.get("events") and self.texts.get("date"):
            self.texts["events"] = f"filed {self.texts['date']}"
        if self.has_links:
            try:
                self.link_changes = links.read_changes(self.entity, self.raw, self.linked, self.reading)  # type: ignore[arg-type]
            except ValueError as error:
                self.problems[links.PLACE] = str(error)

    def _read_widget(self, widget: Widget) -> dict[str, str]:
        """The texts of one widget, as they were where nothing in it was touched: saving changes nothing else."""
        shown = widget.show(self.base, self.reading)
        if self.base and all(_same(self.raw.get(name, ""), text) for name, text in shown.items()):
            return {each.name: self.base[each.name] for each in widget.fields}
        return widget.read(self.raw, self.reading)

    def _fill_in(self) -> None:
        """What a number says is filled in where it was left empty."""
        if self.entity.name == "patent" and not self.raw.get("patent_type"):
            try:
                self.raw["patent_type"] = parse_application(self.raw.get("application_number", "")).patent_type
            except NumberError:
                return

    def put(self, widget: Widget, texts: Mapping[str, str]) -> None:
        """Let a widget say these texts instead of what was typed."""
        self.raw.update(widget.show(texts, self.reading))
        self.texts.update({each.name: texts[each.name] for each in widget.fields})

    def tell(self, problems: Iterable[tuple[str, str]]) -> None:
        """Note what an operation says of fields, at the widgets that hold them."""
        for name, message in problems:
            place = next((each.name for each in self.widgets if name in [held.name for held in each.fields]), "")
            if not place and name in ("source", "target", "relation"):
                place = links.PLACE
            self.problems.setdefault(place, message)

    @property
    def changes(self) -> dict[str, str]:
        """The texts that differ from those at which the form was opened; all of a new item."""
        return {name: text for name, text in self.texts.items() if self.base.get(name, "") != text or self.is_new}

    @property
    def title(self) -> str:
        """What to call what is typed, in lists of unsaved forms."""
        for name in ("title", "name", "basis", "code", "measure"):
            if self.raw.get(name):
                return self.raw[name][:200]
        return self.entity.code_of(self.item) if self.item is not None else ""


def _same(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
