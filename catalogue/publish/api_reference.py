"""The routes of records and ledger lines, as described."""

from flask_babel import lazy_gettext as _l

from catalogue.publish.records_api import MOST_LISTED, TRANSITION_NAMES
from catalogue.publish.request_bodies import LONGEST_NOTE, MOST_LINKS
from catalogue.publish.routes import Argument, Route
from catalogue.records.models.code_lists import BENEFIT_KINDS
from catalogue.records.schema.kinds import KINDS

_SIGNED = "Authorization: Bearer cat_…"
_PAGES = (
    Argument("review_state", "draft, published …", _l("Only what stands in this state.")),
    Argument("page, per_page", f"≥ 1; 1–{MOST_LISTED}", _l("Which page is wanted, and how many entries it has.")),
)
_LIST = (
    Argument("total, page, pages", "number", _l("How many entries there are, and where this page stands.")),
    Argument("links", "self, next, previous", _l("Addresses of this answer and of its neighbours, or null.")),
)
_CODE = Argument("code", "text", _l("The code of the entry."))
_NOTE = Argument("note", f"≤ {LONGEST_NOTE:,}", _l("Why; it is kept in the history."))
_FIELDS = Argument(
    "fields",
    "{name: value}",
    _l("Fields with their text forms, as in sheets, or with their JSON values; null empties a field."),
)
_IF_MATCH = Argument(
    "If-Match",
    "ETag",
    _l(
        "The ETag of the entry as it was read. Without it 428; where the entry has changed since 412, with the new one."
    ),
)
_WHOLE = (
    Argument("code, kind, version, review_state", "text", _l("What it is, and in which version and state.")),
    Argument("fields", "{name: text}", _l("Every field in its text form, as it can be sent again.")),
    Argument("values", "{name: JSON}", _l("The same as JSON values; openapi.json describes each.")),
    Argument("display", "list", _l("The same for people, with labels.")),
    Argument("transitions", "list", _l("What you may do with it in review.")),
    Argument("ETag", "", _l("A header: the version, for If-Match and If-None-Match.")),
)
_BESIDE = Argument("links, contributors, benefits", "list", _l("What is joined to it, as far as it is open to you."))
_SHARES = Argument("records", "list", _l("The records that share in it, as far as they are open to you."))
_PROPOSED = Argument(
    "amendment, state, four_eyes, changes",
    "",
    _l("202: it is published, and the change waits for review under this number; nothing else has changed."),
)
_TRANSITION = (
    _CODE,
    Argument(
        "transition", ", ".join(TRANSITION_NAMES), _l("What is done; a state that does not allow it answers 409.")
    ),
    _NOTE,
)
_CHANGE_RECORD = {"fields": {"abstract": "加大阳极，电流由160kA提高到180kA。"}, "note": "补充摘要"}

RECORD_ROUTES = (
    Route(
        "GET",
        "/api/v1/records",
        _l("The records that are open to you, by code."),
        (Argument("kind", ", ".join(KINDS), _l("Only records of this kind.")), *_PAGES),
        (*_LIST, Argument("records", "list", _l("The records; each has its version and state."))),
        lambda record: {"kind": record.kind, "per_page": "1"},
    ),
    Route(
        "GET",
        "/api/v1/records/{code}",
        _l("One record, whole."),
        (_CODE,),
        (*_WHOLE, _BESIDE),
        lambda record: {"code": record.code},
    ),
    Route(
        "POST",
        "/api/v1/records",
        _l("Make a draft of a record. It takes a token with the scope to write."),
        (
            Argument("kind", ", ".join(KINDS), _l("What it is.")),
            _FIELDS,
            Argument("links", f"≤ {MOST_LINKS}", _l("Links to other records: a relation, and a target or a source.")),
            _NOTE,
        ),
        (
            Argument("Location", "", _l("A header: the address of the new entry.")),
            Argument(
                "possible_duplicates", "list", _l("Codes of records that may be the same; it is made all the same.")
            ),
            *_WHOLE,
        ),
        sent={
            "kind": "project",
            "fields": {
                "title": "阳极组装线改造",
                "date": "2006-11",
                "status": "completed",
                "keywords": ["阳极", "组装"],
            },
            "links": [{"relation": "continued_by", "source": "XM-2002-011"}],
        },
        headers=(_SIGNED,),
    ),
    Route(
        "PATCH",
        "/api/v1/records/{code}",
        _l("Change some fields of a record, or propose the change where it is published."),
        (_CODE, _IF_MATCH, _FIELDS, _NOTE),
        (*_WHOLE, _PROPOSED),
        sent=_CHANGE_RECORD,
        headers=(_SIGNED, 'If-Match: "XM-2002-011-1.5d0c…"'),
    ),
    Route(
        "POST",
        "/api/v1/records/{code}/transitions",
        _l("Submit, publish, return … a record."),
        _TRANSITION,
        _WHOLE,
        sent={"transition": "submit", "note": "请审核"},
        headers=(_SIGNED,),
    ),
    Route(
        "GET",
        "/api/v1/benefits",
        _l("The ledger lines that are open to you, by code."),
        (
            Argument("kind", ", ".join(BENEFIT_KINDS), _l("Only lines of this kind.")),
            Argument("year", "1900–2200", _l("Only lines of this year.")),
            *_PAGES,
        ),
        (*_LIST, Argument("benefits", "list", _l("The ledger lines; each has its version and state."))),
        lambda record: {"kind": "cost_saving", "per_page": "1"},
    ),
    Route(
        "GET",
        "/api/v1/benefits/{code}",
        _l("One ledger line, whole."),
        (_CODE,),
        (*_WHOLE, _SHARES),
    ),
    Route(
        "POST",
        "/api/v1/benefits",
        _l("Make a draft of a ledger line. It takes a token with the scope to write."),
        (_FIELDS, _NOTE),
        (Argument("Location", "", _l("A header: the address of the new entry.")), *_WHOLE),
        sent={
            "fields": {
                "year": 2006,
                "kind": "cost_saving",
                "amount": "1260000",
                "records": "XM-2002-011 60%;XM-2004-003 40%",
                "basis": "年节电按审定电价计算",
            }
        },
        headers=(_SIGNED,),
    ),
    Route(
        "PATCH",
        "/api/v1/benefits/{code}",
        _l("Change some fields of a ledger line, or propose the change where it is published."),
        (_CODE, _IF_MATCH, _FIELDS, _NOTE),
        (*_WHOLE, _PROPOSED),
        sent={"fields": {"verifier": "财务部", "verified_on": "2006-12"}},
        headers=(_SIGNED, 'If-Match: "XY-2006-001-1.9b21…"'),
    ),
    Route(
        "POST",
        "/api/v1/benefits/{code}/transitions",
        _l("Submit, publish, return … a ledger line."),
        _TRANSITION,
        _WHOLE,
        sent={"transition": "submit"},
        headers=(_SIGNED,),
    ),
    Route(
        "GET",
        "/api/v1/openapi.json",
        _l("All of this as an OpenAPI document, for programs and their generators."),
        (),
        (Argument("openapi, info, paths, components", "", _l("As OpenAPI 3.1 says.")),),
    ),
)
