"""What programs send: JSON objects, read strictly, so that nothing of a body is overlooked or misunderstood."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask import Request
from flask_babel import gettext as _

from catalogue.errors import InvalidFields, InvalidInput
from catalogue.records.schema.entities import Entity
from catalogue.records.schema.fields import MOST_CHARACTERS, JsonNumber

MOST_BYTES = 1024 * 1024
LONGEST_NOTE = 2000
MOST_LINKS = 50
_JSON = frozenset({"application/json", "application/merge-patch+json"})
_LONGEST_SHOWN = 40  # of a name that somebody made up, in a message


class UnknownFormat(InvalidInput):
    """The body is said to be something else than JSON."""

    status = 415


def read_body(request: Request, members: Collection[str]) -> dict[str, Any]:
    """The JSON object that was sent, of which every member is one of `members`. Every number is a `JsonNumber`.

    Raises UnknownFormat for another type, InvalidInput for what is no such object, InvalidFields for unknown members;
    more than `MOST_BYTES` end with 413.
    """
    if request.mimetype not in _JSON:
        raise UnknownFormat(_("Send JSON, with the header Content-Type: application/json."))
    request.max_content_length = MOST_BYTES
    body = _parse(request.get_data())
    if not isinstance(body, dict):
        raise InvalidInput(_("The body is to be a JSON object: {…}."))
    unknown = [name for name in body if name not in members]
    if unknown:
        known = ", ".join(members)
        raise InvalidFields(
            [(_shown(name), _("is not known here; known are: %(names)s", names=known)) for name in unknown]
        )
    return body


def _parse(data: bytes) -> Any:
    try:
        body = json.loads(
            data, parse_int=JsonNumber, parse_float=JsonNumber, parse_constant=_refuse, object_pairs_hook=_once
        )
    except RecursionError:
        raise InvalidInput(_("The body is nested too deeply.")) from None
    except (ValueError, UnicodeError):
        raise InvalidInput(_("The body is not JSON, names something twice, or is not written in UTF-8.")) from None
    _check_characters(body)
    return body


def _refuse(constant: str) -> Any:
    raise ValueError(constant)  # NaN and Infinity are not JSON


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _check_characters(body: Any) -> None:
    """Refuse what no text of the catalogue can hold. No recursion: the body may be as deep as it likes."""
    waiting = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and ("\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value)):
            raise InvalidInput(_("The body contains a NUL character or half of a character (a lone surrogate)."))


def _shown(name: str) -> str:
    return name[:_LONGEST_SHOWN]


def read_text(body: Mapping[str, Any], name: str, most: int = LONGEST_NOTE) -> str:
    """A member that is a text; empty where it is absent. Raises InvalidInput."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or isinstance(value, JsonNumber) or len(value) > most:
        raise InvalidInput(_("“%(name)s” is to be a text of at most %(most)s characters.", name=name, most=most), name)
    return value.strip()


def read_fields(entity: Entity, body: Mapping[str, Any]) -> dict[str, str]:
    """The text forms of the member `fields`, by field name. Raises InvalidFields naming all that cannot be used, as
    InvalidInput where there are no fields at all."""
    fields = body.get("fields")
    if not isinstance(fields, dict) or not fields:
        raise InvalidInput(_("“fields” is to be an object with the fields to be written."), "fields")
    known = {field.name: field for field in entity.fields}
    texts, problems = {}, []
    for name, value in fields.items():
        try:
            if name not in known:
                raise ValueError(_("there is no such field; the fields are: %(names)s", names=", ".join(known)))
            texts[name] = _checked_length(known[name].from_json(value))
        except ValueError as error:
            problems.append((_shown(name), str(error)))
    if problems:
        raise InvalidFields(problems)
    return texts


def _checked_length(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise ValueError(_("at most %(number)s characters fit here", number=MOST_CHARACTERS))
    return text


def read_links(body: Mapping[str, Any]) -> list[dict[str, str]]:
    """The member `links`: objects of a relation and the record at the other end, its `source` or its `target`.

    Raises InvalidFields.
    """
    links = body.get("links")
    if links is None:
        return []
    if not isinstance(links, list) or len(links) > MOST_LINKS:
        raise InvalidInput(_("“links” is to be a list of at most %(most)s links.", most=MOST_LINKS), "links")
    problems = [(f"links[{place}]", _link_form()) for place, link in enumerate(links) if not _is_link(link)]
    if problems:
        raise InvalidFields(problems)
    return links


def _link_form() -> str:
    return _('a link is written {"relation": "resulted_in", "target": "CG-2004-001"}, or with "source"')


def _is_link(link: Any) -> bool:
    ends: Iterable[set[str]] = ({"relation", "target"}, {"relation", "source"})
    return isinstance(link, dict) and set(link) in ends and all(isinstance(value, str) for value in link.values())
