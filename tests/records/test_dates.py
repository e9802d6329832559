"""Dates that are known to the day, the month or the year."""

import pytest

from catalogue.records.models.partial_dates import PartialDate


@pytest.mark.parametrize("text", ["2002", "2002-12", "2002-12-20"])
def test_a_date_keeps_its_precision(text: str) -> None:
    assert str(PartialDate.parse(text)) == text


@pytest.mark.parametrize("text", ["2002-13", "2002-02-30", "2002-00", "2002-00-12", "2002-5-0", "2002-00-00", "02-12"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|date"):
        PartialDate.parse(text)
