"""Who may do what, route by route, as it was decided: the whole table, written down and not computed.

A new route fails the tests until it has its row here. The letters stand for the roles in the order of `ROLES`:
`a` allowed, `s` asked to sign in, `f` refused. `status` is what an allowed request of the example gets. The row of a
page that is open even where reading takes an account has `closed="a"`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ROLES = ("anonymous", "reader", "contributor", "reviewer", "administrator")

ANY = 0  # a status that depends on what others did before
EVERYBODY = "aaaaa"
ACCOUNTS = "saaaa"
WRITERS = "sfaaa"
NO_COOKIE = "sssss"  # what programs write takes a token: the cookie of a browser is worth nothing there
REVIEWERS = "sffaa"
ADMINISTRATORS = "sfffa"


@dataclass(frozen=True)
class Row:
    """One method of one endpoint: who may, and an example. What stands in braces in the
    address is filled in with what the catalogue of the tests has."""

    endpoint: str
    address: str
    who: str
    method: str = "GET"
    status: int = 200
    form: Mapping[str, str] | None = None
    json: Mapping[str, Any] | None = None
    closed: str = "s"
    by_token: str = ""  # the same for programs with a token of the role's greatest scope, where that is asked

    @property
    def outcomes(self) -> Mapping[str, str]:
        """Role → letter."""
        return dict(zip(ROLES, self.who, strict=True))

    @property
    def sent(self) -> dict[str, Any]:
        """What the example sends beside its address."""
        return {"json": dict(self.json)} if self.json is not None else {"data": dict(self.form or {})}


def _post(endpoint: str, address: str, who: str, status: int, **sent: Any) -> Row:
    return Row(endpoint, address, who, "POST", status, **sent)


DRAFT = {"title": "电解槽节能试验", "text": "电解槽电流效率提高"}
ROWS: tuple[Row, ...] = (
    Row("static", "/static/css/site.css", EVERYBODY, closed="a"),
    Row("home.index", "/", EVERYBODY),
    Row("style_guide.index", "/patterns", EVERYBODY),
    # Records
    Row("records.index", "/projects", EVERYBODY),
    Row("records.show", "/records/XM-PLAIN", EVERYBODY),
    Row("records.benefits", "/benefits", EVERYBODY),
    Row("checks.index", "/checks", EVERYBODY),
    # Search
    Row("search.index", "/search?q=电解槽", EVERYBODY),
    Row("search.guide", "/search/help", EVERYBODY),
    Row("downloads.search", "/search.csv?q=电解槽", EVERYBODY),
    Row("feeds.search", "/search.atom?q=电解槽", EVERYBODY),
    # The same as files that can be imported again
    Row("extracts.search", "/search/records.jsonl?q=电解槽", EVERYBODY),
    Row("extracts.records", "/projects.jsonl", EVERYBODY),
    Row("extracts.benefits", "/benefits.jsonl", EVERYBODY),
    Row("extracts.evidence", "/tallies/awards/records.jsonl", EVERYBODY),
    # Tallies, the paragraph, claims
    Row("tallies.index", "/tallies", EVERYBODY),
    Row("tallies.show", "/tallies/awards", EVERYBODY),
    Row("tallies.records", "/tallies/awards/records", EVERYBODY),
    Row("summary.show", "/reports/summary", EVERYBODY),
    Row("tally_downloads.tally", "/tallies/awards.csv", EVERYBODY),
    Row("tally_downloads.summary", "/reports/summary.docx", EVERYBODY),
    Row("fact_check.claims", "/claims", EVERYBODY),
    Row("fact_check.check", "/reports/check", EVERYBODY),
    _post("fact_check.check", "/reports/check", EVERYBODY, 200, form={"text": "授权专利16项。"}),
    Row("patents.index", "/patents/overview", EVERYBODY),
    Row("patents.fees", "/patents/fees", EVERYBODY),
    Row("patents.feed", "/patents/fees.ics", EVERYBODY),
    _post("saved.create", "/tallies/saved", WRITERS, 400, form={"subject": "awards", "title": ""}),
    _post("saved.remove", "/tallies/saved/999/remove", WRITERS, 404),
    # Issued reports
    Row("issued.index", "/reports/issued", EVERYBODY),
    Row("issued.show", "/reports/issued/{report}", EVERYBODY),
    Row("issued.records", "/reports/issued/{report}/records", EVERYBODY),
    Row("issued.compare", "/reports/issued/{report}/compare?with=today", EVERYBODY),
    _post("issued.create", "/reports/issued", REVIEWERS, 400, form={"subject": "awards", "title": ""}),
    # The prior-work check
    Row("priorwork.index", "/prior-work", EVERYBODY),
    _post("priorwork.result", "/prior-work", EVERYBODY, 200, form=DRAFT),
    _post("priorwork.save", "/prior-work/reports", ACCOUNTS, 400, form={"title": "", "text": ""}),
    Row("priorwork.show", "/prior-work/reports/{prior_work}", EVERYBODY),
    Row("priorwork.download", "/prior-work/reports/{prior_work}.docx", EVERYBODY),
    # Files in and out; the batch is the contributor's own
    Row("imports.export", "/export.jsonl", EVERYBODY),
    Row("imports.index", "/imports", WRITERS),
    _post("imports.upload", "/imports", WRITERS, 400),
    Row("imports.show", "/imports/{batch}", WRITERS),
    _post("imports.plan_again", "/imports/{batch}/plan", WRITERS, 303),
    Row("imports.marked", "/imports/{batch}/marked.xlsx", WRITERS, status=ANY),  # for whom it was tried last
    _post("imports.apply", "/imports/none/apply", REVIEWERS, 404),
    _post("imports.take_back", "/imports/none/undo", REVIEWERS, 404),
    Row("imports.template_file", "/imports/templates/projects.xlsx", WRITERS),
    # Programmes
    Row("api_guide.index", "/api", EVERYBODY),
    Row("api.search", "/api/v1/search?q=电解槽", EVERYBODY),
    Row("api.suggest", "/api/v1/suggest?q=电", EVERYBODY),
    Row("api_tally.tally", "/api/v1/tally?subject=awards", EVERYBODY),
    Row("api_tally.summary", "/api/v1/summary", EVERYBODY),
    Row("verify_api.claims", "/api/v1/claims", EVERYBODY),
    # What only asks, though by POST: a programme without a token asks as a stranger.
    _post("verify_api.check_text", "/api/v1/verify", EVERYBODY, 200, json={"text": "授权专利16项。"}),
    _post("api_similar.similar", "/api/v1/similar", EVERYBODY, 200, json={"text": "电解槽节能试验"}),
    Row("openapi.show", "/api/v1/openapi.json", EVERYBODY),
    Row("records_api.index", "/api/v1/records", EVERYBODY, by_token=EVERYBODY),
    Row("records_api.show", "/api/v1/records/XM-PLAIN", EVERYBODY, by_token=EVERYBODY),
    Row("records_api.index", "/api/v1/benefits", EVERYBODY, by_token=EVERYBODY),
    Row("records_api.show", "/api/v1/benefits/{benefit}", EVERYBODY, by_token=EVERYBODY),
    *(
        Row(endpoint, address, NO_COOKIE, method, ANY, json={}, by_token=WRITERS)
        for endpoint, address, method in (
            ("records_api.create", "/api/v1/records", "POST"),
            ("records_api.change", "/api/v1/records/none", "PATCH"),
            ("records_api.transition", "/api/v1/records/none/transitions", "POST"),
            ("records_api.create", "/api/v1/benefits", "POST"),
            ("records_api.change", "/api/v1/benefits/none", "PATCH"),
            ("records_api.transition", "/api/v1/benefits/none/transitions", "POST"),
        )
    ),
    # No token opens the pages of tokens: `by_token` of a page is that of a stranger
    Row("tokens.index", "/account/tokens", WRITERS, by_token=NO_COOKIE),
    _post("tokens.create", "/account/tokens", WRITERS, 400, form={"name": ""}),
    _post("tokens.revoke", "/account/tokens/999/revoke", WRITERS, 404),
    # History, open to whoever sees the item; attached files
    Row("history.index", "/records/XM-PLAIN/history", EVERYBODY),
    Row("history.version", "/records/XM-PLAIN/history/1", EVERYBODY),
    Row("history.compare", "/records/XM-PLAIN/history/1/compare", EVERYBODY, status=ANY),
    Row("attachments.download", "/records/XM-PLAIN/attachments/{picture}/照片.jpg", EVERYBODY),
    Row("attachments.preview", "/records/XM-PLAIN/attachments/{picture}/preview", EVERYBODY),
    # The record is published and nobody's own: it is for reviewers
    Row("attachments.index", "/records/XM-PLAIN/attachments", REVIEWERS),
    _post("attachments.upload", "/records/XM-PLAIN/attachments", REVIEWERS, ANY),
    _post("attachments.remove", "/records/XM-PLAIN/attachments/9/remove", REVIEWERS, 404),
    # Review: contributors see what is their own, and XM-PLAIN is not
    Row("review.index", "/review", REVIEWERS),
    Row("review.show", "/review/project/XM-PLAIN", REVIEWERS),
    _post("review.transition", "/review/project/none/publish", WRITERS, 404),
    _post("review.restore", "/records/none/history/1/restore", WRITERS, 404),
    Row("amendments.show", "/review/amendments/999", WRITERS, status=404),
    _post("amendments.decide", "/review/amendments/999/approve", REVIEWERS, 404),
    # Forms: whoever writes opens them, for what is not their own the change is a proposal
    Row("editing.choose", "/records/new", WRITERS),
    Row("editing.new", "/records/new/project", WRITERS),
    _post("editing.create", "/records/new/project", WRITERS, 400, form={"title": ""}),
    Row("editing.edit", "/records/XM-PLAIN/edit", WRITERS),
    _post("editing.change", "/records/none/edit", WRITERS, 404),
    Row("editing.new", "/benefits/new", WRITERS),
    _post("editing.create", "/benefits/new", WRITERS, 400, form={"year": ""}),
    Row("editing.edit", "/benefits/{benefit}/edit", WRITERS),
    _post("editing.change", "/benefits/none/edit", WRITERS, 404),
    Row("editing_help.people", "/editing/people?q=张", WRITERS),
    Row("editing_help.divisions", "/editing/divisions?q=电", WRITERS),
    Row("editing_help.records", "/editing/records?q=电解", WRITERS),
    Row("editing_help.number", "/editing/number?text=200510136354.X", WRITERS, status=ANY),
    _post("editing_help.keep", "/editing/drafts", WRITERS, ANY),
    Row("my_work.index", "/my-work", WRITERS),
    _post("my_work.discard_draft", "/my-work/record/none/discard", WRITERS, 404),
    _post("my_work.discard_form", "/my-work/forms/999/discard", WRITERS, ANY),
    # Registers
    Row("registers.index", "/registers", REVIEWERS),
    Row("registers.rows", "/registers/divisions", REVIEWERS),
    Row("registers.new", "/registers/divisions/new", REVIEWERS),
    _post("registers.create", "/registers/divisions/new", REVIEWERS, 400, form={"name": ""}),
    Row("registers.edit", "/registers/divisions/999/edit", REVIEWERS, status=404),
    _post("registers.change", "/registers/divisions/999/edit", REVIEWERS, 404),
    _post("registers.take_out", "/registers/divisions/999/remove", REVIEWERS, 404),
    # Keeping the accounts
    Row("administration.index", "/accounts", ADMINISTRATORS),
    Row("administration.create", "/accounts/new", ADMINISTRATORS),
    _post("administration.create", "/accounts/new", ADMINISTRATORS, 400, form={"login": ""}),
    Row("administration.show", "/accounts/{account}", ADMINISTRATORS),
    _post("administration.change", "/accounts/999", ADMINISTRATORS, 404),
    _post("administration.act", "/accounts/999/close", ADMINISTRATORS, 404),
    # One's own account
    _post("accounts.new_password", "/account/password", ACCOUNTS, 400, form={"old": "x", "new": "y"}),
    _post("accounts.end_sessions", "/account/sessions", ACCOUNTS, ANY, form={"session": "none"}),
    # Links and other ways in: whoever has the link, or comes back from the provider
    Row("accounts.welcome", "/welcome/{link}", EVERYBODY, closed="a"),
    _post("accounts.choose_password", "/welcome/none", EVERYBODY, 404, closed="a"),
    Row("accounts.leave", "/sign-in/oidc", EVERYBODY, status=404, closed="a"),
    Row("accounts.come_back", "/sign-in/oidc/back", EVERYBODY, status=404, closed="a"),
    # Accounts; signing out comes last, since it ends the session of the browser that tries it
    Row("accounts.mine", "/account", ACCOUNTS),
    Row("accounts.sign_in", "/sign-in", EVERYBODY, status=ANY, closed="a"),
    _post("accounts.sign_in", "/sign-in", EVERYBODY, 400, form={"login": "x", "password": "x"}, closed="a"),
    _post("accounts.sign_out", "/sign-out", EVERYBODY, 303, closed="a"),
)


def ask(browser: FlaskClient, row: Row, examples: Mapping[str, str], **more: Any) -> TestResponse:
    """The answer to the example of a row."""
    address = row.address.format(**examples)
    return browser.open(address, method=row.method, **row.sent, **more)
