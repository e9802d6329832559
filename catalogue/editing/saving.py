"""Saving a form: one transaction, in which it is read, checked against what others have done, and carried out.

`save_form` is to be called inside the transaction. It raises `FormRejected` where the form must be shown again;
rolled back, nothing of it is done then.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.editing import links
from catalogue.editing.conflicts import Difference, differences, settle
from catalogue.editing.forms import EntityForm
from catalogue.errors import CatalogueError, Forbidden, InvalidFields, InvalidInput
from catalogue.imports.row_codes import RowCodes, save_new
from catalogue.records.checks import Breach, warnings_of
from catalogue.records.duplicates import Duplicates
from catalogue.records.models.benefits import Benefit
from catalogue.records.models.records import Record
from catalogue.records.models.transitions import find_transition
from catalogue.records.operations import Work, move, save
from catalogue.records.queries import visible_to
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.kinds import Kind
from catalogue.records.schema.reference_data import BENEFITS, PEOPLE
from catalogue.records.schema.resolver import Resolver
from catalogue.review.amendments import current_number, may_save_directly, propose
from catalogue.review.models import Amendment

Done = Literal["draft", "submitted", "looked", "saved", "proposed", "unchanged"]
Reason = Literal["problems", "duplicates", "conflict", "mode"]
_CODE = re.compile(r"[\w.()（）\-]+")
_TAKEN = ("new",)  # codes whose page would be another one
CHANNEL = "form"


@dataclass(frozen=True)
class SubmitOptions:
    """What was sent besides the content: whether to submit, the note, what has been seen already and is meant all the
    same (codes of likely duplicates; warnings), the mode that the form has said, the proposal that it goes on with."""

    submit: bool = False
    note: str = ""
    seen: frozenset[str] = frozenset()
    warnings_seen: bool = False
    mode: str = ""
    amendment_id: int | None = None


@dataclass(frozen=True)
class Saved:
    """What was done with the item of this code; `looked` is a draft that was saved and not submitted, since its
    warnings had not been seen."""

    done: Done
    code: str
    item: Any = None


@dataclass(frozen=True)
class DuplicateCandidate:
    """Something stored that the new entry may be."""

    code: str
    title: str
    is_line: bool = False


class FormRejected(CatalogueError):
    """The form must be shown again before anything is stored."""

    status = 400

    def __init__(
        self,
        reason: Reason,
        form: EntityForm,
        alike: tuple[DuplicateCandidate, ...] = (),
        differing: tuple[Difference, ...] = (),
        newest: int = 0,
    ) -> None:
        super().__init__(reason)
        self.reason, self.form, self.alike, self.differing, self.newest = reason, form, alike, differing, newest
        self.status = {"conflict": 409, "mode": 409, "duplicates": 200}.get(reason, 400)


def save_form(
    session: Session,
    actor: Actor,
    entity: Entity,
    item: Any | None,
    sent: Mapping[str, str],
    base_number: int,
    wish: SubmitOptions,
) -> Saved:
    """Carry out what a form says. Raises Held, Forbidden."""
    form = EntityForm.open(session, actor, entity, item, base_number)
    form.take(sent)
    form.read()
    if item is not None:
        settle(form, sent)
    work = Work(session, actor, CHANNEL, wish.note)
    codes = _give_key(work, form) if item is None and not form.problems else None
    if form.problems:
        raise FormRejected("problems", form)
    if item is not None:
        _check_lost_update(form, wish)
    else:
        _check_duplicates(form, wish)
    try:
        return _carry_out(work, form, wish, codes)
    except InvalidFields as error:
        form.tell(error.problems)
        raise FormRejected("problems", form) from error


def _give_key(work: Work, form: EntityForm) -> RowCodes | None:
    """Give a new item its code where none is typed, and say who gives it another if that is taken before it is stored;
    a key that is taken already is a problem, never a change of the other."""
    entity, key = form.entity, form.entity.key
    if "code" in key and not form.texts.get("code") and entity.prefix:
        codes = RowCodes(work.session)
        form.texts["code"] = codes.new(entity, form.texts)
        return codes
    if "code" in key and (not _CODE.fullmatch(form.texts["code"]) or form.texts["code"].lower() in _TAKEN):
        form.problems["code"] = _("a code has letters, digits, points and hyphens only, such as XM-2004-012")
        return None
    try:
        values = {name: entity.field(name).parse(form.texts[name]) for name in key}
        taken = entity.find(Resolver(work.session), values)
    except ValueError as error:
        form.problems[key[0]] = str(error)
        return None
    if taken is not None:
        form.problems[key[0]] = _("there is another entry of this key already; open that one to change it")
    return None


def _check_lost_update(form: EntityForm, wish: SubmitOptions) -> None:
    newest = current_number(form.session, form.entity, form.item)
    if newest > form.base_number:
        differing = differences(form)
        if differing:
            raise FormRejected("conflict", form, differing=tuple(differing), newest=newest)
        # What has changed is nothing that the form holds, such as the state of review.
        form.base_number = newest
    if wish.mode and wish.mode != form.mode:
        raise FormRejected("mode", form)


def _check_duplicates(form: EntityForm, wish: SubmitOptions) -> None:
    alike = find_duplicates(form)
    if any(each.code not in wish.seen for each in alike):
        raise FormRejected("duplicates", form, alike=alike)


def find_duplicates(form: EntityForm) -> tuple[DuplicateCandidate, ...]:
    """What is stored already that a new record or ledger line may be; only such as the actor may see."""
    session, entity = form.session, form.entity
    if isinstance(entity, Kind):
        codes = _repeated(session, entity, form.texts)
        titles = form.reading.titles(codes)
        return tuple(DuplicateCandidate(code, titles[code]) for code in codes if code in titles)
    if entity is BENEFITS:
        said = ("year", "kind", "amount", "unit", "records")
        code = RowCodes(session).find(entity, {name: form.texts[name] for name in said if form.texts.get(name)})
        line = session.scalar(select(Benefit).where(Benefit.code == code, visible_to(form.actor, Benefit)))
        return (DuplicateCandidate(line.code, line.basis[:200], is_line=True),) if line else ()
    return ()


def _repeated(session: Session, kind: Kind, texts: Mapping[str, str]) -> list[str]:
    """The codes of records that have one of the numbers, else nearly the same title in the year; what must have a
    number of its own repeats no title."""
    numbers = [name for name in kind.numbers if texts.get(name)]
    if numbers and kind.name != "award":  # certificates are numbered by each scheme for itself
        same = or_(*(getattr(kind.model, name) == texts[name] for name in numbers))
        found = list(session.scalars(select(kind.model.code).where(same).order_by(kind.model.code)))
        if found or any(kind.field(name).required for name in numbers):
            return found
    return [each.code for each in Duplicates(session).of_year(kind, texts)]


def _carry_out(work: Work, form: EntityForm, wish: SubmitOptions, codes: RowCodes | None) -> Saved:
    for number, name in form.reading.newcomers.items():
        save(work, PEOPLE, {"staff_number": number, "name": name})
    work.references = Resolver(work.session)
    if form.mode == "proposal" or _takes_a_second_person(form):
        return _propose(work, form, wish)
    changes = form.changes
    texts = {**_key(form), **changes}
    if codes is not None:
        outcome = save_new(work, form.entity, texts, codes)
    else:
        outcome = save(work, form.entity, texts, is_new=form.item is None)
    item = outcome.item
    if form.has_links:
        links.apply_changes(work, item, form.link_changes)
    if form.mode == "register_reviewed":
        _move(work, form.entity, item, "publish")
        return Saved("saved", outcome.code, item)
    if form.mode in ("new", "own"):
        return _draft(work, form, item, wish)
    changed = outcome.change != "unchanged" or form.link_changes
    return Saved("saved" if changed else "unchanged", outcome.code, item)


def _takes_a_second_person(form: EntityForm) -> bool:
    """Whether a change that would take effect may not, for what it makes of the item: a grant is entered."""
    return (
        form.mode == "direct"
        and form.item is not None
        and form.item.review_state == "published"
        and not may_save_directly(form.actor, form.entity, form.item, form.changes)
    )


def _key(form: EntityForm) -> dict[str, str]:
    now = form.entity.texts(form.item) if form.item is not None else form.texts
    return {name: now[name] for name in form.entity.key}


def _draft(work: Work, form: EntityForm, item: Any, wish: SubmitOptions) -> Saved:
    code = form.entity.code_of(item)
    if not wish.submit:
        return Saved("draft", code, item)
    if warnings(work.session, work.actor, item) and not wish.warnings_seen:
        return Saved("looked", code, item)
    _move(work, form.entity, item, "submit")
    return Saved("submitted", code, item)


def _move(work: Work, entity: Entity, item: Any, name: str) -> None:
    move(work, entity, item, find_transition(name, item.review_state))


def warnings(session: Session, actor: Actor, item: Any) -> list[Breach]:
    """What a record or a ledger line breaks of the rules of its field."""
    return warnings_of(session, actor, item) if isinstance(item, Record | Benefit) else []


def _propose(work: Work, form: EntityForm, wish: SubmitOptions) -> Saved:
    code = form.entity.code_of(form.item)
    if form.has_links and isinstance(form.item, Record):
        links.apply_changes(work, form.item, form.link_changes)
    if not form.changes:
        return Saved("saved" if form.link_changes else "unchanged", code, form.item)
    if wish.amendment_id is not None:
        _take_back(work, form, wish.amendment_id)
    try:
        propose(work.session, work.actor, form.entity, form.item, {**_key(form), **form.changes}, wish.note)
    except InvalidFields:
        raise
    except InvalidInput:  # everything is as proposed already
        return Saved("unchanged", code, form.item)
    return Saved("proposed", code, form.item)


def _take_back(work: Work, form: EntityForm, amendment_id: int) -> None:
    """The proposal that this one goes on with makes way for it."""
    earlier = find_own_amendment(work.session, work.actor, form.entity, form.item, amendment_id)
    if earlier is None:
        raise Forbidden(_("Your earlier proposal has been decided on meanwhile. Look at the entry anew."))
    earlier.state = "recalled"


def find_own_amendment(
    session: Session, actor: Actor, entity: Entity, item: Any, amendment_id: int | None = None
) -> Amendment | None:
    """The actor's own proposal for an item that waits or has been returned: this one, or the newest."""
    query = select(Amendment).where(
        Amendment.entity == entity.name,
        Amendment.entity_code == entity.code_of(item),
        Amendment.author_id == actor.account_id,
        Amendment.state.in_(("submitted", "returned")),
    )
    if amendment_id is not None:
        query = query.where(Amendment.id == amendment_id)
    return session.scalars(query.order_by(Amendment.id.desc()).limit(1)).first()
