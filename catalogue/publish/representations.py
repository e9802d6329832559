"""Records and ledger lines as the data interface gives them, one at a time, with the tag of their version."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from flask import jsonify, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor
from catalogue.accounts.permissions import Actor
from catalogue.database import db
from catalogue.errors import NotFound
from catalogue.publish.api import record_as_json
from catalogue.records import presentation
from catalogue.records.history.models import Revision
from catalogue.records.models.benefits import Benefit, BenefitShare
from catalogue.records.models.code_lists import (
    BENEFIT_KINDS,
    QUALIFIERS,
    RELATION_INVERSES,
    RELATIONS,
    UNITS,
)
from catalogue.records.models.records import Record, RecordLink
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.records.queries import WHOLE_OPTIONS, benefits_of, links_of, visible_to
from catalogue.records.review.workflow import open_transitions
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.kinds import KINDS
from catalogue.records.schema.reference_data import BENEFITS
from catalogue.records.schema.value_fields import write_amount

Entry = Record | Benefit
_DIGEST = 16
_OPTIONS: Mapping[Any, Any] = {
    Record: WHOLE_OPTIONS,
    Benefit: (selectinload(Benefit.shares).joinedload(BenefitShare.record), joinedload(Benefit.owner)),
}


def find(session: Session, actor: Actor, model: type[Entry], code: str, *, to_change: bool = False) -> Any:
    """The entry with this code, as the actor may see it. Raises NotFound.

    `to_change` keeps others from changing it before the transaction ends, on a database that locks rows.
    """
    wanted: Any = (model.code == code, visible_to(actor, model))
    if to_change:
        session.execute(select(model.id).where(*wanted).with_for_update(of=model, key_share=True))
    entry = session.scalar(select(model).where(*wanted).options(*_OPTIONS[model]))
    if entry is None:
        raise NotFound(_("There is no entry “%(code)s”, or it is not open to you.", code=code[:60]))
    return entry


def entity_of(entry: Entry) -> Entity:
    """What the entry is: its kind, or a ledger line."""
    return KINDS[entry.kind] if isinstance(entry, Record) else BENEFITS


def version_tag(session: Session, entry: Entry) -> str:
    """What the tag of an entry begins with: its code and the number of its newest revision."""
    return f"{quote(entry.code, safe='')}-{versions_of(session, [entry])[entry.code]}"


def versions_of(session: Session, found: Sequence[Entry]) -> dict[str, int]:
    """The number of each entry's newest revision, by code; 0 where there is none."""
    numbers = {entry.code: entry.version if isinstance(entry, Record) else 0 for entry in found}
    lines = [entry.code for entry in found if isinstance(entry, Benefit)]
    if lines:
        rows = session.execute(
            select(Revision.entity_code, func.max(Revision.number))
            .where(Revision.entity == BENEFITS.name, Revision.entity_code.in_(lines))
            .group_by(Revision.entity_code)
        )
        numbers |= {row[0]: row[1] for row in rows}
    return numbers


def version_of_tag(tag: str) -> str:
    """The beginning of a whole tag that says the version; the rest is a digest of what one reader saw of it."""
    return tag.rpartition(".")[0]


def answer(entry: Entry, status: int = 200, **more: Any) -> Response:
    """The whole entry as an answer, with `more` that belongs to this answer alone. Its tag says the version and, in its
    end, this very text: what a reader may see beside the entry, and in which language, changes the answer and not the
    version."""
    session, actor = db.session(), current_actor()
    whole = as_json(session, actor, entry)
    response: Response = jsonify(whole)
    digest = sha256(response.get_data()).hexdigest()[:_DIGEST]
    if more:
        response = jsonify(**whole, **more)
    response.set_etag(f"{version_tag(session, entry)}.{digest}")
    response.status_code = status
    return response.make_conditional(request) if status == 200 else response


def as_json(session: Session, actor: Actor, entry: Entry) -> dict[str, Any]:
    """The whole entry, and of what is joined to it as much as the actor may see."""
    own = _record(session, actor, entry) if isinstance(entry, Record) else _benefit(actor, entry)
    texts = visible_texts(actor, entry)
    names = dict.fromkeys(transition.name for transition in open_transitions(actor, entry))
    return {
        **brief(entry, versions_of(session, [entry])[entry.code]),
        "confidentiality": entry.confidentiality,
        "fields": texts,
        "values": entity_of(entry).values(texts),
        "transitions": list(names),
        **own,
    }


def brief(entry: Entry, version: int) -> dict[str, Any]:
    """What a list says of an entry."""
    if isinstance(entry, Record):
        return {**record_as_json(entry), "version": version, "review_state": entry.review_state}
    return {
        "code": entry.code,
        "year": entry.year,
        "kind": entry.kind,
        "amount": write_amount(entry.amount),
        "unit": entry.unit,
        "url": url_for("records.benefits", _anchor=entry.code, _external=True),
        "version": version,
        "review_state": entry.review_state,
    }


def visible_texts(actor: Actor, entry: Entry) -> dict[str, str]:
    """The text form of every field; of a ledger line's records those that the actor may see."""
    texts = entity_of(entry).texts(entry)
    if isinstance(entry, Benefit):
        shares = sorted((share.record.code, share.percent) for share in visible_shares(actor, entry))
        texts["records"] = BENEFITS.field("records").write(shares)
    return texts


def visible_shares(actor: Actor, benefit: Benefit) -> list[BenefitShare]:
    """The shares of records that the actor may see."""
    return [share for share in benefit.shares if actor.may_see(share.record)]


def _record(session: Session, actor: Actor, record: Record) -> dict[str, Any]:
    outgoing, incoming = links_of(session, actor, record)
    return {
        "updated_at": record.updated_at.isoformat(timespec="seconds"),
        "display": [
            {"label": fact.label, "values": [{"text": item.text, "note": item.note} for item in fact.items]}
            for fact in presentation.facts(record, current_reporting_day())
        ],
        "links": [
            *(_link(link, "target", RELATIONS.label(link.relation)) for link in outgoing),
            *(_link(link, "source", RELATION_INVERSES.label(link.relation)) for link in incoming),
        ],
        "contributors": [
            {"rank": row.rank, "name": row.person.name, "staff_number": row.person.staff_number, "role": row.role}
            for row in record.contributions
        ],
        "benefits": [
            {
                "code": benefit.code,
                "year": benefit.year,
                "kind": benefit.kind,
                "amount": write_amount(benefit.amount),
                "unit": benefit.unit,
                "percent": next(write_amount(each.percent) for each in benefit.shares if each.record_id == record.id),
            }
            for benefit in benefits_of(session, actor, record)
        ],
    }


def _link(link: RecordLink, end: str, label: Any) -> dict[str, Any]:
    return {"relation": link.relation, "end": end, "label": str(label), "record": record_as_json(getattr(link, end))}


def _benefit(actor: Actor, benefit: Benefit) -> dict[str, Any]:
    labels = (
        ("kind", BENEFIT_KINDS.label(benefit.kind)),
        ("unit", UNITS.label(benefit.unit)),
        ("qualifier", QUALIFIERS.label(benefit.qualifier)),
    )
    return {
        "display": [
            {"label": str(BENEFITS.field(name).label), "values": [{"text": str(text), "note": ""}]}
            for name, text in labels
        ],
        "records": [
            {**record_as_json(share.record), "percent": write_amount(share.percent)}
            for share in visible_shares(actor, benefit)
        ],
    }
