"""Who may do what, and who may see what: the roles, one table of permissions, and the actor in whose name all of it is
asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any, Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from catalogue.code_list import CodeList

REVIEW_STATES = CodeList(
    {
        "draft": _l("Draft"),
        "submitted": _l("Submitted"),
        "returned": _l("Returned"),
        "published": _l("Published"),
        "withdrawn": _l("Withdrawn"),
    }
)
CONFIDENTIALITY = CodeList({"public": _l("Public"), "internal": _l("Internal"), "restricted": _l("Restricted")})
# For whom a report is issued: what it counts, and who can open it.
AUDIENCES: Mapping[str, tuple[str, ...]] = {"everybody": ("public",), "accounts": ("public", "internal")}
ROLES = CodeList(
    {
        "reader": _l("Reader"),
        "contributor": _l("Data contributor"),
        "reviewer": _l("Reviewer"),
        "administrator": _l("Administrator"),
    }
)

# The permission table: which roles may do what. "anonymous" is whoever has not signed in; whether it may read at all
# is a setting (`CATALOGUE_ANONYMOUS_READING`). Views name a permission (`web.needs`), nothing asks for a role.
_ANYBODY = ("anonymous", "reader", "contributor", "reviewer", "administrator")
_ACCOUNTS, _WRITERS, _REVIEWERS, _ADMINISTRATORS = _ANYBODY[1:], _ANYBODY[2:], _ANYBODY[3:], _ANYBODY[4:]
PERMISSIONS: Mapping[str, frozenset[str]] = {
    name: frozenset(roles)
    for name, roles in {
        "open": _ANYBODY,  # pages that stay open where reading needs an account: signing in, and what it takes
        "read": _ANYBODY,  # pages, searches, tallies, exports, feeds: each shows what the actor may see
        "have_account": _ACCOUNTS,  # one's own password and sessions
        "keep_prior_work": _ACCOUNTS,  # a prior-work report that stays
        # Drafts of one's own, proposals of changes, attachments to them, uploads to be tried, tokens for programs.
        "write": _WRITERS,
        "save_tally": _WRITERS,
        "review": _REVIEWERS,  # publishing, returning, withdrawing; applying and undoing imports
        "issue_report": _REVIEWERS,
        "keep_registers": _REVIEWERS,  # divisions, people, schemes, rates, claims, yearly counts
        "manage_accounts": _ADMINISTRATORS,
    }.items()
}

# What each role sees besides what is its own: the review states, and the confidentialities as a whole. A restricted
# item is seen besides by those whom it names, see `Actor.scopes`.
_STATES: Mapping[str, Iterable[str]] = dict.fromkeys(_REVIEWERS, REVIEW_STATES)
_LEVELS: Mapping[str, Iterable[str]] = {
    "anonymous": ("public",),
    **dict.fromkeys(("reader", "contributor", "reviewer"), ("public", "internal")),
    "administrator": CONFIDENTIALITY,
}
_RESTRICTED = "restricted:"
_OWNER = "owner:"
OF_DIVISION = "division:"  # how a scope of a division begins


def scopes_of(restricted_to: str) -> list[str]:
    """Those whom a restricted item is open to, each as `role:…` or `division:…`, from the text that is stored."""
    return [scope for scope in restricted_to.split(";") if scope]


def access_labels(item: Any) -> tuple[str, ...]:
    """What the index keeps of something reviewed for `Actor.access`: one shared label is enough to see it."""
    labels = [f"{item.review_state}/{item.confidentiality}"]
    if item.confidentiality == "restricted":
        labels += [f"{item.review_state}/{_RESTRICTED}{scope}" for scope in scopes_of(item.restricted_to)]
    if item.owner_id is not None:
        labels.append(f"{_OWNER}{item.owner_id}")
    return tuple(labels)


@dataclass(frozen=True)
class Actor:
    """Somebody, or something, that asks or writes.

    `review_states` and `confidentialities` are what it sees; of restricted items it sees besides those that name one
    of its `scopes`, and all that its own account (`account_id`) has brought. `limited_to` are the permissions that it
    has at most, whatever its role: those of a program with a token; None is no such limit.
    """

    name: str
    review_states: frozenset[str]
    confidentialities: frozenset[str]
    role: str = "anonymous"
    account_id: int | None = None
    scopes: frozenset[str] = frozenset()
    limited_to: frozenset[str] | None = None

    @cached_property
    def access(self) -> frozenset[str]:
        """The access labels this actor may see, for the index; `queries.visible_to` says the same in SQL."""
        levels = [*self.confidentialities, *(f"{_RESTRICTED}{scope}" for scope in self.scopes)]
        labels = {"/".join(pair) for pair in product(self.review_states, levels)}
        return frozenset(labels | ({f"{_OWNER}{self.account_id}"} if self.account_id is not None else set()))

    def for_audience(self, levels: Iterable[str] = ("public", "internal")) -> Self:
        """The same, seeing no more than what is published and of these confidentialities: for what is kept and then
        shown to others, who must not find in it what they may not see themselves."""
        return replace(
            self,
            account_id=None,
            review_states=self.review_states & {"published"},
            confidentialities=self.confidentialities & frozenset(levels),
            scopes=frozenset(),
        )

    def may(self, permission: str) -> bool:
        """Whether the table of permissions lets this actor do it. Raises KeyError for one that is not in the table."""
        has_role = self.role in PERMISSIONS[permission] or self.role == COMMAND_LINE.role
        return has_role and (self.limited_to is None or permission in self.limited_to)

    def may_see(self, item: Any) -> bool:
        """Whether the actor may see something reviewed that is at hand already; `queries.visible_to` says the same."""
        return not self.access.isdisjoint(access_labels(item))


def actor_of(name: str, role: str, account_id: int, division: str = "") -> Actor:
    """The actor of an account: its role, and the code of the division that it belongs to, say what it sees."""
    scopes = {f"role:{role}"} | ({f"{OF_DIVISION}{division}"} if division else set())
    return Actor(
        name,
        frozenset(_STATES.get(role, ("published",))),
        frozenset(_LEVELS[role]),
        role,
        account_id,
        frozenset(scopes),
    )


def actor_with(name: str, labels: Iterable[str]) -> Actor:
    """Somebody who may see what these access labels say, no more: the reverse of `Actor.access`."""
    pairs = [label.split("/", 1) for label in labels if "/" in label]
    states, levels = frozenset(state for state, _level in pairs), {level for _state, level in pairs}
    scopes = {level for level in levels if level.startswith(_RESTRICTED)}
    return Actor(
        name, states, frozenset(levels - scopes), scopes=frozenset(x.removeprefix(_RESTRICTED) for x in scopes)
    )


ANONYMOUS = Actor("anonymous", frozenset({"published"}), frozenset(_LEVELS["anonymous"]))
COMMAND_LINE = Actor("command line", frozenset(REVIEW_STATES), frozenset(CONFIDENTIALITY), role="command_line")


def name_in_words(name: str) -> str:
    """Who did something, by the name kept of it: the two actors without an account are described."""
    return {ANONYMOUS.name: _("a reader without an account"), COMMAND_LINE.name: _("the command line")}.get(name, name)
