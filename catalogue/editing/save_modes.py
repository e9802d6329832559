"""What becomes of a form when it is saved, by who saves it and what it is about; said on the form before."""

from typing import Any, Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from catalogue.accounts.permissions import REVIEW_STATES, Actor
from catalogue.errors import Forbidden
from catalogue.records.models.records import Reviewed
from catalogue.records.review.workflow import needs_four_eyes
from catalogue.records.schema.entities import Entity

# new: a draft is made · own: a draft is changed by its owner, who may submit it · direct: the change takes effect ·
# proposal: the change waits until somebody else approves it · register: a row of a register, without review
Mode = Literal["new", "own", "direct", "proposal", "register", "register_reviewed"]

SAYS = {
    "new": _l("It is kept as your draft; nobody but you and the reviewers sees it before it is published."),
    "own": _l("This is your draft; nobody but you and the reviewers sees it before it is published."),
    "direct": _l("The change takes effect as soon as you save it, and stands in the history under your name."),
    "proposal": _l("This is published: your change is proposed and takes effect once somebody else has approved it."),
    "register": _l("The change takes effect as soon as you save it, and stands in the history under your name."),
    "register_reviewed": _l("It is published as soon as you save it."),
}


def mode_of(actor: Actor, entity: Entity, item: Any | None) -> Mode:
    """What becomes of the form of an item (None: of a new one). Raises Forbidden for what the actor may not change."""
    if not issubclass(entity.model, Reviewed):
        return "register"
    if item is None:
        return "register_reviewed" if entity.is_register else "new"
    if item.review_state == "published":
        texts = entity.texts(item)
        return "direct" if actor.may("review") and not needs_four_eyes(entity, texts) else "proposal"
    is_own = actor.account_id is not None and item.owner_id == actor.account_id
    if item.review_state == "withdrawn" and not actor.may("review"):
        raise Forbidden(_("This entry has been withdrawn; a reviewer can open it again."))
    if entity.is_register:
        return "register_reviewed" if item.review_state == "draft" else "direct"
    if is_own and item.review_state in ("draft", "returned"):
        return "own"
    return "direct"


def says(mode: Mode, entity: Entity, item: Any | None) -> str:
    """What the form says of its own saving."""
    if mode == "direct" and item is not None and item.review_state != "published":
        state = REVIEW_STATES.label(item.review_state)
        return _("The entry stays in its state (%(state)s) when you save it.", state=state)
    if mode == "direct" and entity.name == "patent":
        return _("The change takes effect as soon as you save it; a grant, though, takes somebody else's approval.")
    return str(SAYS[mode])
