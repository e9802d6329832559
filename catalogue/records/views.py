"""Record pages: the list of each kind, one record, and the benefit ledger."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from catalogue.accounts.auth import current_actor
from catalogue.database import db
from catalogue.errors import InvalidInput, NotFound
from catalogue.formatting import local_name
from catalogue.paging import Paging
from catalogue.records import browse, ledger, presentation, queries
from catalogue.records.checks import warnings_of
from catalogue.records.conversions import conversions
from catalogue.records.history.versions import version_on
from catalogue.records.models.code_lists import (
    BENEFIT_KINDS,
    RELATION_INVERSES,
    RELATIONS,
)
from catalogue.records.models.records import Record
from catalogue.records.models.site_facts import current_reporting_day
from catalogue.records.result_chain import chain_of
from catalogue.records.schema.kinds import KINDS, KINDS_BY_TABLE
from catalogue.records.schema.value_fields import read_day

blueprint = Blueprint("records", __name__)
_LEDGER_PER_PAGE = 50


@blueprint.record_once
def share_presentation(setup: BlueprintSetupState) -> None:
    """Make known to every template, macros included, what it takes to show records and ledger lines."""
    setup.app.jinja_env.globals.update(
        kinds=KINDS,
        presentation=presentation,
        ledger=ledger,
        benefit_kinds=BENEFIT_KINDS,
        reporting_day=current_reporting_day,
        may_see=lambda item: current_actor().may_see(item),
    )


@blueprint.get(f"/<any({','.join(KINDS_BY_TABLE)}):table>")
def index(table: str) -> str:
    """The records of one kind."""
    kind, actor = KINDS_BY_TABLE[table], current_actor()
    choices = browse.choices_of(db.session(), actor, kind)
    state = browse.BrowseState.from_args(kind, choices, request.args)
    paging = Paging.from_args(request.args, browse.count(db.session(), actor, state))
    return render_template(
        "records/index.html",
        kind=kind,
        choices=choices,
        state=state,
        sorts=browse.SORTS,
        has_major=browse.has_major(kind),
        records=browse.page(db.session(), actor, state, paging.offset, paging.per_page),
        paging=paging,
    )


@blueprint.get("/records/<path:code>")
def show(code: str) -> str | Response:
    """One record with all that belongs to it. A code in other letters (xm-2002-017) leads to the right address."""
    actor = current_actor()
    try:
        record = queries.by_code(db.session(), actor, code)
    except NotFound:
        return redirect(url_for("records.show", code=_right_code(code)), 301)
    if request.args.get("on"):
        return redirect(_version_on(record, request.args["on"]))
    outgoing, incoming = queries.links_of(db.session(), actor, record)
    chain = chain_of(db.session(), actor, record)
    holdings = [holding for line in chain.holdings if (holding := ledger.Holding.of(line.benefit, {record.id})).percent]
    linked = [*(link.target for link in outgoing), *(link.source for link in incoming)]
    return render_template(
        "records/show.html",
        record=record,
        kind=KINDS[record.kind],
        chain=chain,
        related=[*linked, *(each for stage in chain.stages for each in stage)],
        benefits_url=url_for("records.show", code=chain.keeper(record).code, _anchor="benefits"),
        links=_grouped(
            [(RELATIONS.label(link.relation), link.target) for link in outgoing]
            + [(RELATION_INVERSES.label(link.relation), link.source) for link in incoming]
        ),
        warnings=warnings_of(db.session(), actor, record),
        holdings=holdings,
        total=ledger.counted_total(holdings),
    )


@blueprint.get("/benefits")
def benefits() -> str:
    """The ledger: its lines and their totals."""
    actor = current_actor()
    divisions = {each.code: local_name(each) for each in db.session.scalars(queries.named_divisions(actor))}
    state = ledger.LedgerState.from_args(request.args, divisions)
    totals = ledger.totals(db.session(), actor, state)
    paging = Paging.from_args(request.args, sum(total.lines for total in totals), _LEDGER_PER_PAGE)
    lines = ledger.lines(db.session(), actor, state, paging.offset, paging.per_page)
    return render_template(
        "records/benefits.html",
        state=state,
        choices=[
            browse.Choice("kind", _("Kind of benefit"), BENEFIT_KINDS.labels),
            browse.Choice("division", _("Division"), divisions),
        ],
        totals=totals,
        counted=sum((total.amount for total in totals if total.counted), Decimal(0)),
        conversions=conversions(db.session(), actor, state),
        lines=lines,
        paging=paging,
    )


def _right_code(code: str) -> str:
    """The code of the visible record that is called so but for the case of letters. Raises NotFound."""
    query = select(Record.code).where(
        func.upper(Record.code) == code.strip().upper(), Record.code != code, queries.visible_to(current_actor())
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("There is no record “%(code)s”, or it is not open to you.", code=code[:60]))
    return found


def _version_on(record: Record, day: str) -> str:
    """The address of a record's version of a day. Raises InvalidInput, and NotFound where there was none."""
    try:
        on = read_day(day)
    except ValueError as error:
        raise InvalidInput(_("“%(day)s”: %(error)s.", day=day[:40], error=error), "on") from None
    version = version_on(db.session(), current_actor(), KINDS[record.kind], record, on)
    return url_for("history.version", place="records", code=record.code, number=version.number)


def _grouped(pairs: Sequence[tuple[Any, Record]]) -> Mapping[str, list[Record]]:
    groups: dict[str, list[Record]] = {}
    for label, record in pairs:
        groups.setdefault(str(label), []).append(record)
    return groups
