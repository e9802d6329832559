"""The iCalendar file, read back by the rules of RFC 5545."""

from datetime import date

import pytest

from catalogue.ical import MOST_OCTETS, DayEvent, escaped, folded, write_calendar

EVENT = DayEvent(
    "fee-1@catalogue",
    date(2008, 2, 29),
    "年费到期：第5年度，铝电解槽阳极母线提升装置; a, b \\ c " + "长" * 60,
    "第一行\n第二行",
    "http://127.0.0.1/records/ZL-1?a=1,2",
)


def unfolded(text: str) -> list[str]:
    """The content lines of a file, as a reader puts them together."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def unescaped(value: str) -> str:
    out, rest = "", iter(value)
    for sign in rest:
        after = next(rest) if sign == "\\" else ""
        out += {"n": "\n"}.get(after, after) if after else sign
    return out


def test_a_calendar_reads_back_as_it_was_written() -> None:
    lines = unfolded(write_calendar("专利年费", [EVENT], date(2008, 1, 1)))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    values = dict(line.split(":", 1) for line in lines[:-3])
    assert values["VERSION"] == "2.0"
    assert values["DTSTAMP"] == "20080101T000000Z"
    assert values["DTSTART;VALUE=DATE"] == "20080229"
    assert values["DTEND;VALUE=DATE"] == "20080301"
    assert unescaped(values["SUMMARY"]) == EVENT.summary
    assert EVENT.url == values["URL"]
    assert unescaped(next(line for line in lines if line.startswith("DESCRIPTION:第"))[12:]) == EVENT.description
    opened: list[str] = []
    for line in lines:
        if line.startswith("BEGIN:"):
            opened.append(line[6:])
        elif line.startswith("END:"):
            assert opened.pop() == line[4:]
    assert opened == []


@pytest.mark.parametrize("character", ["a", "é", "铝", "𠀀"])
@pytest.mark.parametrize("length", [0, 1, 24, 25, 74, 75, 76, 149, 150, 500])
def test_no_line_is_longer_than_75_octets_and_no_character_is_cut(character: str, length: int) -> None:
    line = "SUMMARY:" + character * length
    pieces = folded(line).split("\r\n")
    assert all(len(piece.encode()) <= MOST_OCTETS for piece in pieces)
    assert all(piece.startswith(" ") for piece in pieces[1:])
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
    if len(line.encode()) <= MOST_OCTETS:
        assert len(pieces) == 1


def test_signs_with_a_meaning_are_escaped() -> None:
    assert escaped("a;b,c\\d\r\ne") == "a\\;b\\,c\\\\d\\ne"
