"""What programs write: drafts, changes and proposals, by the operations and rules of the forms."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.errors import Conflict, InvalidFields
from catalogue.imports.row_codes import RowCodes, save_new
from catalogue.publish.representations import Entry, entity_of, visible_shares
from catalogue.records.duplicates import alike, fold
from catalogue.records.history.models import Revision
from catalogue.records.models.benefits import Benefit
from catalogue.records.models.records import Record
from catalogue.records.operations import KeyTaken, SaveOutcome, Work, save
from catalogue.records.queries import visible_to
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.fields import clean
from catalogue.records.schema.kinds import Kind
from catalogue.records.schema.reference_data import BENEFITS, LINKS
from catalogue.review.amendments import may_save_directly, propose
from catalogue.review.models import Amendment

_MOST_DUPLICATES = 3
_YEAR = re.compile(r"\d{4}")


def create(work: Work, entity: Entity, texts: Mapping[str, str], links: Sequence[Mapping[str, str]] = ()) -> Entry:
    """Make a draft with its links; without a code it gets the next one of its kind and year.

    Raises InvalidFields and Forbidden as `operations.save` does, Conflict where the code is taken.
    """
    _check_shares(work, None, texts)
    code = clean(texts.get("code", ""))
    try:
        outcome = save(work, entity, texts, is_new=True) if code else _save_with_next_code(work, entity, texts)
    except KeyTaken:
        message = _("The code “%(code)s” is taken. Leave it out to get the next free one.", code=code[:40])
        raise Conflict(message) from None
    for place, link in enumerate(links):
        _add_link(work, outcome.code, link, f"links[{place}]")
    entry: Entry = outcome.item
    return entry


def _save_with_next_code(work: Work, entity: Entity, texts: Mapping[str, str]) -> SaveOutcome:
    codes = RowCodes(work.session)
    return save_new(work, entity, {**texts, "code": codes.new(entity, {"date": _year(texts)})}, codes)


def _year(texts: Mapping[str, str]) -> str:
    said = texts.get("date") or texts.get("year") or texts.get("started") or ""
    match = _YEAR.match(unicodedata.normalize("NFKC", said).strip())
    return match[0] if match and match[0].isascii() else ""


def _add_link(work: Work, code: str, link: Mapping[str, str], place: str) -> None:
    end = "target" if "target" in link else "source"
    other = clean(link[end])
    if other not in _visible_codes(work.session, work.actor, [other]):
        raise InvalidFields([(place, _no_record(other))])
    try:
        save(work, LINKS, {"source": code, "target": code, "relation": link["relation"], end: other})
    except InvalidFields as error:
        raise InvalidFields([(place, message) for _name, message in error.problems]) from None


def change(work: Work, entry: Entry, texts: Mapping[str, str]) -> SaveOutcome | Amendment:
    """Change an entry or, where it is published and not the actor's to change, propose the change.

    Raises InvalidFields, Forbidden, InvalidInput where a proposal would change nothing.
    """
    entity = entity_of(entry)
    if clean(texts.get("code", entry.code)) != entry.code:
        raise InvalidFields([("code", _("the code of an entry stays as it is"))])
    texts = {**texts, "code": entry.code}
    _check_shares(work, entry, texts)
    # `save` refuses the state of review with a sentence of its own.
    is_settled = entry.review_state == "published" and "review_state" not in texts
    if is_settled and not may_save_directly(work.actor, entity, entry, texts):
        return propose(work.session, work.actor, entity, entry, texts, work.note)
    return save(work, entity, texts)


def changed_since(
    session: Session, actor: Actor, entry: Entry, number: int, texts: Mapping[str, str]
) -> dict[str, str]:
    """The fields that have changed since the revision of this number, with their text of now out of `texts`. What they
    said between is not told: it may have been written when fewer people could see it."""
    entity = entity_of(entry)
    changes = session.scalars(
        select(Revision.changes).where(
            Revision.entity == entity.name, Revision.entity_code == entry.code, Revision.number > number
        )
    )
    names = {name for each in changes for name in each}
    return {name: text for name, text in texts.items() if name in names}


def possible_duplicates(session: Session, actor: Actor, kind: Kind, texts: Mapping[str, str]) -> list[str]:
    """The codes of records that may be the one that is to be made, as far as the actor may see them: nearly the same
    title in the same kind and year. The same number is refused when it is stored."""
    title, year = fold(texts.get("title", "")), _year(texts)
    if not title or not year or int(year) == 0:
        return []
    rows = session.execute(
        select(Record.code, Record.title)
        .where(
            Record.kind == kind.name,
            Record.date_to.between(date(int(year), 1, 1), date(int(year), 12, 31)),
            visible_to(actor),
        )
        .order_by(Record.code)
    )
    slack = len(title) // 3
    near = ((code, folded) for code, known in rows if abs(len(folded := fold(known)) - len(title)) <= slack)
    return [code for code, folded in near if alike(title, folded)][:_MOST_DUPLICATES]


def _check_shares(work: Work, entry: Entry | None, texts: Mapping[str, str]) -> None:
    """A ledger line names only records that the actor may see; whoever sees a part of them does not set them anew."""
    if "records" not in texts:
        return
    if isinstance(entry, Benefit) and len(visible_shares(work.actor, entry)) < len(entry.shares):
        raise InvalidFields([("records", _("not all records of this line are open to you; ask a reviewer"))])
    try:
        codes = [code for code, _percent in BENEFITS.field("records").parse(texts["records"]) or ()]
    except ValueError:
        return  # which is told with all other problems
    hidden = sorted(set(codes) - _visible_codes(work.session, work.actor, codes))
    if hidden:
        raise InvalidFields([("records", _no_record(hidden[0]))])


def _visible_codes(session: Session, actor: Actor, codes: Sequence[str]) -> set[str]:
    return set(session.scalars(select(Record.code).where(Record.code.in_(codes), visible_to(actor))))


def _no_record(code: str) -> str:
    """What is said of a record that there is not, and of one that is not open."""
    return _("there is no record %(code)s", code=code[:40])
