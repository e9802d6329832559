"""History pages: every change of a record or ledger line, the item as it was, and two versions side by side."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from catalogue.accounts.auth import current_actor
from catalogue.database import db
from catalogue.paging import Paging
from catalogue.query_args import read_number
from catalogue.records.history.field_display import Display
from catalogue.records.history.timeline import changes_of, told
from catalogue.records.history.versions import find_version, versions_of, who_changed
from catalogue.records.review_lookup import find_at
from catalogue.records.schema.entities import RECORDS, Entity

blueprint = Blueprint("history", __name__)
_ON_ITS_PAGE = ("code", "title", "abstract", "review_state")  # not among the facts of a version


def _frame(place: str, entity: Entity, item: Any) -> dict[str, Any]:
    """What every page of a history has at its head."""
    if place == RECORDS:
        above, present = url_for("records.index", table=entity.table), url_for("records.show", code=item.code)
    else:
        near = {"kind": item.kind, "year_from": item.year, "year_to": item.year}
        above, present = url_for("records.benefits"), url_for("records.benefits", **near, _anchor=item.code)
    return {
        "place": place,
        "code": item.code,
        "item": item,
        "entity": entity,
        "title": entity.title_of(entity.texts(item)),
        "section": entity.table,
        "trail": [(entity.plural or entity.label, above), (item.code, present)],
        "present_url": present,
    }


@blueprint.get("/records/<path:code>/history", defaults={"place": "records"})
@blueprint.get("/benefits/<path:code>/history", defaults={"place": "benefits"})
def index(place: str, code: str) -> str:
    """Every change that the reader may see, the newest first."""
    session, actor = db.session(), current_actor()
    entity, item = find_at(session, actor, place, code)
    changes = changes_of(session, actor, entity, item)
    paging = Paging.from_args(request.args, len(changes))
    return render_template(
        "history/index.html",
        **_frame(place, entity, item),
        changes=told(session, actor, changes[paging.offset : paging.last]),
        paging=paging,
        latest=next((each.revision.number for each in changes if each.sort == "own"), 0),
    )


@blueprint.get("/records/<path:code>/history/<int:number>", defaults={"place": "records"})
@blueprint.get("/benefits/<path:code>/history/<int:number>", defaults={"place": "benefits"})
def version(place: str, code: str, number: int) -> str:
    """The item as it was after one change."""
    session, actor = db.session(), current_actor()
    entity, item = find_at(session, actor, place, code)
    versions = [each for each in versions_of(session, actor, entity, item) if not each.is_removal]
    chosen = find_version(versions, number)
    here = versions.index(chosen)
    display = Display(session, actor)
    return render_template(
        "history/version.html",
        **_frame(place, entity, item),
        version=chosen,
        version_title=entity.title_of(chosen.texts),
        state="; ".join(display.pieces(entity, "review_state", chosen.texts)),
        facts=display.facts(entity, chosen.texts, without=_ON_ITS_PAGE),
        who=who_changed(actor, chosen.revision),
        earlier=versions[here - 1] if here else None,
        later=versions[here + 1] if here + 1 < len(versions) else None,
        latest=versions[-1],
    )


@blueprint.get("/records/<path:code>/history/<int:number>/compare", defaults={"place": "records"})
@blueprint.get("/benefits/<path:code>/history/<int:number>/compare", defaults={"place": "benefits"})
def compare(place: str, code: str, number: int) -> str:
    """Two versions: what differs, the older first, whichever of them the address names first."""
    session, actor = db.session(), current_actor()
    entity, item = find_at(session, actor, place, code)
    versions = [each for each in versions_of(session, actor, entity, item) if not each.is_removal]
    chosen = find_version(versions, number)
    other = find_version(versions, read_number(request.args, "with", versions[-1].number))
    older, newer = sorted((chosen, other), key=lambda each: each.number)
    return render_template(
        "history/compare.html",
        **_frame(place, entity, item),
        chosen=chosen,
        other=other,
        older=older,
        newer=newer,
        choices={str(each.number): _("Version %(number)s", number=each.number) for each in versions},
        changes=Display(session, actor).changes(entity, older.texts, newer.texts),
    )
