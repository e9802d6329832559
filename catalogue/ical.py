"""All-day events as an iCalendar file (RFC 5545), for calendars that subscribe to a feed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

MOST_OCTETS = 75  # of a line without its end (RFC 5545, 3.1)
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class DayEvent:
    """Something on a day. `uid` names it for ever, so that a calendar that reads anew replaces it; `remind_days`
    before it the calendar reminds."""

    uid: str
    day: date
    summary: str
    description: str
    url: str
    remind_days: int = 30


def escaped(text: str) -> str:
    """A text as the value of a property (RFC 5545, 3.3.11)."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return "\\n".join(text.splitlines())


def folded(line: str) -> str:
    """A line broken into ones of at most 75 octets, each further one behind a blank; no character is cut in two."""
    pieces, piece, octets = [], "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > MOST_OCTETS:
            pieces.append(piece)
            piece, octets = " ", 1
        piece += character
        octets += size
    return "\r\n".join([*pieces, piece])


def write_calendar(name: str, events: Iterable[DayEvent], written: date) -> str:
    """The calendar. `written` stamps the events, so that the same events give the same file."""
    stamp = datetime.combine(written, time(), UTC).strftime(_STAMP)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Achievements and Patents//Catalogue//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for event in events:
        lines += _event(event, stamp)
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(event: DayEvent, stamp: str) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{escaped(event.uid)}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(event.summary)}",
        f"DESCRIPTION:{escaped(event.description)}",
        f"URL:{event.url}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"TRIGGER:-P{event.remind_days}D",
        f"DESCRIPTION:{escaped(event.summary)}",
        "END:VALARM",
        "END:VEVENT",
    ]
