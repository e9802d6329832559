"""The work list of data checks."""

from flask import Blueprint, render_template, request

from catalogue.accounts.auth import current_actor
from catalogue.database import db
from catalogue.formatting import local_name
from catalogue.paging import Paging
from catalogue.records.checks import RULES, CheckState, find_groups
from catalogue.records.queries import named_divisions
from catalogue.records.schema.name_table import find_clashes

blueprint = Blueprint("checks", __name__)
_FIRST_OF_EACH = 10  # shown of a rule while all rules are shown
_PER_PAGE = 50


@blueprint.get("/checks")
def index() -> str:
    """What breaks a rule, by rule: the first of each, or all of one rule page by page."""
    actor = current_actor()
    divisions = {each.code: local_name(each) for each in db.session.scalars(named_divisions(actor))}
    state = CheckState.from_args(request.args, divisions)
    limit = _PER_PAGE if state.rule else _FIRST_OF_EACH
    # A page past the end has no rows that could tell how many there are: then the first page is asked.
    offset = (Paging.from_args(request.args, 10**9, limit).page - 1) * limit if state.rule else 0
    groups = find_groups(db.session(), actor, state, limit, offset)
    if offset and not groups:
        groups = find_groups(db.session(), actor, state, limit)
    paging = Paging.from_args(request.args, sum(group.count for group in groups), limit) if state.rule else None
    return render_template(
        "checks/index.html",
        state=state,
        groups=groups,
        paging=paging,
        number_of_rules=len(state.rules),
        rules={name: rule.label for name, rule in RULES.items()},
        divisions=divisions,
        # Whoever keeps the registers knows all divisions, and can tell their names apart.
        clashes=find_clashes(db.session()) if current_actor().may("keep_registers") else [],
    )
