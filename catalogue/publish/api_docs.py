"""The page that describes the JSON interface. What it says of each route is here; the answers that it shows are made
by the routes themselves, from the records that there are."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, render_template, request
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from catalogue.accounts.auth import current_actor
from catalogue.database import db
from catalogue.errors import CatalogueError
from catalogue.fact_check.verification import LONGEST_TEXT, VERDICTS
from catalogue.publish.api import MOST_HITS
from catalogue.publish.api_reference import RECORD_ROUTES
from catalogue.publish.routes import Argument, Route
from catalogue.records.models.records import Record
from catalogue.records.queries import newest
from catalogue.search.interface import FACETS, SORTS
from catalogue.search.url_state import MOST_CHARACTERS, PER_PAGE
from catalogue.tallies.subjects import SUBJECTS

blueprint = Blueprint("api_guide", __name__)
_LEADING_CHARACTERS = 2  # of a title, as somebody would type them

_FILTERS = (
    Argument("kind, division", "code …", _l("Only records of these kinds, of these divisions.")),
    Argument("year_from, year_to", "1900–2200", _l("Only records of these years, both included.")),
)
ROUTES = (
    Route(
        "GET",
        "/api/v1/search",
        _l("Search the records: the same arguments as the search page, the same answer."),
        (
            Argument("q", f"≤ {MOST_CHARACTERS:,}", _l("The words, or a whole abstract, in the query language.")),
            Argument(", ".join(FACETS), "code …", _l("Filters. Repeat one to join its values by “or”.")),
            _FILTERS[1],
            Argument("sort", ", ".join(SORTS), _l("The order.")),
            Argument("limit", f"1–{MOST_HITS}", _l("How many records are wanted.")),
            Argument("offset", "≥ 0", _l("How many records are left out before them.")),
            Argument(
                "page, per_page",
                f"≥ 1; {', '.join(map(str, PER_PAGE))}",
                _l("The pages of the site, in place of limit and offset."),
            ),
            Argument("facets", "0, 1", _l("0 leaves out the counts of facets and years, which is faster.")),
        ),
        (
            Argument("total", "number", _l("How many records were found.")),
            Argument(
                "match",
                "everything, all, most, any, number, pinyin, nothing",
                _l("How strictly the words were taken in the end."),
            ),
            Argument("words, understood, also, ignored, instead", "", _l("How the query was understood.")),
            Argument("hits", "list", _l("The records; benefit is what counts of it, in yuan, as a decimal text.")),
            Argument("facets, years", "", _l("How many records each value has; a facet's own filter is not applied.")),
            Argument("links", "self, next, previous", _l("Addresses of this answer and of its neighbours, or null.")),
        ),
        lambda record: {"q": next(iter(record.keywords), record.title), "limit": "1", "facets": "0"},
    ),
    Route(
        "GET",
        "/api/v1/suggest",
        _l("What somebody who is typing may mean: records, numbers, people, divisions and keywords."),
        (
            Argument("q", "text", _l("What was typed so far; pinyin will do.")),
            Argument("limit", "number", _l("How many suggestions of each group are wanted.")),
        ),
        (
            Argument("groups", "list", _l("The groups that have suggestions.")),
            Argument(
                "suggestions",
                "text, note, records, url",
                _l("What is suggested, how many records it has, and where they are."),
            ),
        ),
        lambda record: {"q": record.title[:_LEADING_CHARACTERS], "limit": "1"},
    ),
    Route(
        "POST",
        "/api/v1/similar",
        _l("The records that resemble a text, for a check against prior work. The request is JSON."),
        (
            Argument("title, text", "text", _l("The title and the text to be compared.")),
            *_FILTERS,
            Argument("limit", "number", _l("How many records are wanted.")),
        ),
        (
            Argument("compared, weighed", "number", _l("How many records were compared, by how many terms.")),
            Argument("partial, shortened", "true, false", _l("Whether the time was up; whether the text was cut.")),
            Argument("score", "0–1", _l("The part of the text's weight that the record has.")),
            Argument(
                "terms",
                "text, records, share",
                _l("What both have in common: in how many records it stands, and its share of the score."),
            ),
        ),
        lambda record: {"title": record.title, "text": record.abstract, "limit": 1},
    ),
    Route(
        "GET",
        "/api/v1/tally",
        _l("A cross table as data: the same arguments as its page, the same figures."),
        (
            Argument("subject", ", ".join(SUBJECTS), _l("What is tallied.")),
            Argument("rows, columns", "level, year …", _l("The dimensions down and across; none for no columns.")),
            Argument("measure", "records, counted_benefit …", _l("What is added up.")),
            Argument("as_of", "2006-12-31", _l("Only what was true on this day.")),
            Argument("year_from, year_to", "1900–2200", _l("Only this period, both years included.")),
            Argument("q", "", _l("Only records that a search for these words finds.")),
        ),
        (
            Argument("cells", "list", _l("The figures; value, the number of entries, and the address of these.")),
            Argument("row_headings, column_headings", "list", _l("Codes, labels and totals; entries count once.")),
            Argument("total, unit, evidence", "", _l("Everything together; money is in yuan, as a decimal text.")),
        ),
        lambda record: {"subject": "awards", "rows": "level", "columns": "none"},
    ),
    Route(
        "GET",
        "/api/v1/summary",
        _l("The report paragraph and every published figure of it."),
        (
            Argument("as_of", "2006-12-31", _l("Only what was true on this day.")),
            Argument("year_from, year_to", "1900–2200", _l("Only this period, both years included.")),
        ),
        (
            Argument("text", "text", _l("The paragraph.")),
            Argument("figures", "", _l("By key: the value, its unit, how many entries stand behind it, and where.")),
        ),
        lambda record: {"as_of": "2006-12-31"},
    ),
    Route(
        "POST",
        "/api/v1/verify",
        _l("Each statement of number of a text, held against the records. The request is JSON."),
        (
            Argument("text", f"≤ {LONGEST_TEXT:,}", _l("The text that is checked.")),
            Argument("as_of", "2006-12-31", _l("The day for which the records are asked, where the text names none.")),
        ),
        (
            Argument("counts, summary", "", _l("How many statements have each verdict, and the same in words.")),
            Argument(
                "findings",
                "list",
                _l(
                    "The statements in order: their place, what was stated, what was counted, the figure, "
                    "the verdict and why."
                ),
            ),
        ),
        lambda record: {"text": "授权专利16项。"},
    ),
    Route(
        "GET",
        "/api/v1/claims",
        _l("The register of published figures, each judged by the records of its day."),
        (
            Argument("as_of", "2006-12-31", _l("Only what was published as of this day.")),
            Argument("verdict", ", ".join(VERDICTS), _l("Only claims of this verdict.")),
        ),
        (Argument("claims", "list", _l("The claims; then and now are the figures of their own day and of today.")),),
        lambda record: {"verdict": "differs"},
    ),
    *RECORD_ROUTES,
)


@dataclass(frozen=True)
class Example:
    """A request and what came of it. `body` is what is sent, empty for a plain address, whose `path` is a link;
    `headers` are those that it takes. What writes is shown without an answer."""

    url: str
    path: str
    body: str
    answer: str
    headers: tuple[str, ...] = ()


@blueprint.get("/api")
def index() -> str:
    """Every route with its arguments and an example from the records that there are."""
    record = next(iter(newest(db.session(), current_actor(), 1)), None)
    routes = [(route, _example(route, record)) for route in ROUTES if view_of(route)]
    return render_template("publish/index.html", routes=routes)


def view_of(route: Route) -> Callable[..., Any] | None:
    """The function that answers the route; None where the site has no such route."""
    try:
        endpoint, _values = current_app.url_map.bind("localhost").match(route.path, method=route.method)
    except (NotFound, MethodNotAllowed):
        return None
    return current_app.view_functions[str(endpoint)]


def _example(route: Route, record: Record | None) -> Example | None:
    """The route's example with its answer; None where there is no record, or no index, to make one of."""
    view = view_of(route)
    if route.sent is not None:
        return Example(request.host_url.rstrip("/") + route.path, "", _pretty(route.sent), "", route.headers)
    if record is None or view is None or route.example is None:
        return None
    arguments = dict(route.example(record))
    path = route.path.format_map(
        {name: quote(str(arguments.pop(name))) for name in list(arguments) if _in(name, route)}
    )
    sent: dict[str, Any] = {"json": arguments} if route.method == "POST" else {"query_string": arguments}
    language = request.headers.get("Accept-Language", "")
    asked = current_app.test_request_context(
        path,
        base_url=request.host_url,
        method=route.method,
        headers={"Accept-Language": language, "Cookie": request.headers.get("Cookie", "")},
        **sent,
    )
    try:
        with asked:
            answer: Response = current_app.make_response(view(**(asked.request.view_args or {})))
    except (CatalogueError, HTTPException):
        return None
    body = _pretty(arguments) if route.method == "POST" else ""
    return Example(asked.request.url, asked.request.full_path.rstrip("?"), body, _pretty(answer.get_json()))


def _in(name: str, route: Route) -> bool:
    """Whether an argument stands in the path."""
    return f"{{{name}}}" in route.path


def _pretty(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)
