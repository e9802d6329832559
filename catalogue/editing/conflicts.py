"""When two people change one item: what it was, what the other has made of it, what was typed, and which to keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from catalogue.accounts.permissions import ROLES
from catalogue.editing.forms import EntityForm
from catalogue.editing.widgets import Widget
from catalogue.records.history.models import Revision
from catalogue.records.history.versions import revisions_of, who_changed

Choice = Literal["mine", "theirs"]


@dataclass(frozen=True)
class Difference:
    """What became of one widget's fields on both sides since the form was opened; each side by the lines it shows.

    `chosen` is the side that only one of the two has changed; where both have, it is mine and `is_contested`.
    """

    widget: Widget
    was: str
    theirs: str
    mine: str
    chosen: Choice
    is_contested: bool
    who: str
    when: datetime | None

    @property
    def control(self) -> str:
        """The name of the control in which the choice is sent."""
        return f"keep:{self.widget.name}"

    @property
    def is_same(self) -> bool:
        """Whether both have made the same of it: there is nothing to choose."""
        return self.mine == self.theirs


def current_texts(form: EntityForm) -> dict[str, str]:
    """The texts of the item as it is now."""
    return form.entity.texts(form.item)


def differences(form: EntityForm) -> list[Difference]:
    """What both sides have changed, in the form's order; empty where the other side has changed nothing that the form
    holds. The form has been read."""
    now = current_texts(form)
    history = revisions_of(form.session, form.entity, form.entity.code_of(form.item))
    revisions = [each for each in history if each.number > form.base_number]
    found = []
    for widget in form.widgets:
        names = [each.name for each in widget.fields]
        by_me = any(form.texts[name] != form.base[name] for name in names)
        by_them = any(now[name] != form.base[name] for name in names)
        if by_me or by_them:
            found.append(_difference(form, widget, now, revisions, by_me=by_me, by_them=by_them))
    return found if any(_is_theirs(each) for each in found) else []


def _is_theirs(difference: Difference) -> bool:
    return difference.chosen == "theirs" or difference.is_contested or difference.is_same


def _difference(
    form: EntityForm,
    widget: Widget,
    now: Mapping[str, str],
    revisions: Sequence[Revision],
    *,
    by_me: bool,
    by_them: bool,
) -> Difference:
    names = {each.name for each in widget.fields}
    last = next((each for each in reversed(revisions) if names & set(each.changes)), None)
    return Difference(
        widget=widget,
        was=in_words(form, widget, form.base),
        theirs=in_words(form, widget, now),
        mine=in_words(form, widget, form.texts),
        chosen="mine" if by_me else "theirs",
        is_contested=by_me and by_them and any(form.texts[name] != now[name] for name in names),
        who=who_changed(form.actor, last) if last else "",
        when=last.at if last else None,
    )


def in_words(form: EntityForm, widget: Widget, texts: Mapping[str, str]) -> str:
    """What a widget shows for these texts, as a reader would read it."""
    shown = widget.show(texts, form.reading)
    if widget.shape == "access":
        roles = [str(_label(name)) for name, text in shown.items() if name.startswith("restricted_to-") and text]
        level = dict(widget.options(form.reading))[shown[widget.name]]
        return "\n".join(filter(None, [level, *roles, shown["restricted_to"]]))
    options = dict(widget.options(form.reading))
    if widget.shape == "money":
        return f"{shown[widget.name]} {options.get(shown[f'{widget.name}-unit'], '')}" if shown[widget.name] else ""
    return options.get(shown[widget.name], shown[widget.name])


def _label(control: str) -> str:
    return str(ROLES.label(control.removeprefix("restricted_to-")))


def settle(form: EntityForm, sent: Mapping[str, str]) -> None:
    """Take from the other side what was chosen on the page of the conflict."""
    now = current_texts(form)
    for widget in form.widgets:
        if sent.get(f"keep:{widget.name}") == "theirs":
            form.put(widget, now)
            form.problems.pop(widget.name, None)
