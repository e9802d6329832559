"""Other units, converted by a stored factor of the year: beside the totals, never in them."""

from decimal import Decimal
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalogue.accounts.permissions import ANONYMOUS
from catalogue.database import db
from catalogue.errors import InvalidFields
from catalogue.records.conversions import conversions
from catalogue.records.ledger import LedgerState
from tests.support.catalogues import empty_catalogue, put


def test_only_the_year_of_the_factor_is_converted(tmp_path: Path) -> None:
    with empty_catalogue(tmp_path).app_context():
        put("unit_factors", from_unit="CHF", to_unit="CNY", factor="6.661234", from_year="2004", to_year="2004")
        put("unit_factors", from_unit="MWh", to_unit="tce", factor="0.404", from_year="2005")
        for place, (year, unit, amount, more) in enumerate(
            (
                ("2003", "CHF", "500", {}),
                ("2004", "CHF", "1000", {}),
                ("2004", "CHF", "0.50", {}),
                ("2004", "CHF", "9000", {"confidentiality": "restricted"}),
                ("2004", "USD", "700", {}),
                ("2009", "MWh", "10", {}),
            )
        ):
            put("benefits", code=f"XY-{place}", year=year, kind="other", amount=amount, unit=unit, **more)
        found = conversions(db.session(), ANONYMOUS, LedgerState())
        assert [(each.year, each.amount, each.factor.to_unit, each.converted) for each in found] == [
            (2004, Decimal("1000.50"), "CNY", Decimal("6664.56")),
            (2009, Decimal("10"), "tce", Decimal("4.04")),
        ]
        assert not conversions(db.session(), ANONYMOUS, LedgerState(year_to=2003))


@pytest.mark.parametrize("factor", ["0", "-1", "6.6600001", "x", ""])
def test_a_factor_is_a_number_above_zero(tmp_path: Path, factor: str) -> None:
    with empty_catalogue(tmp_path).app_context(), pytest.raises(InvalidFields):
        put("unit_factors", from_unit="CHF", to_unit="CNY", factor=factor, from_year="2004")


def test_the_ledger_shows_it_beside_the_total_that_stays(client: FlaskClient) -> None:
    page = client.get("/benefits").text
    assert "折合 133.2" in page
    assert "2004年平均汇率" in page
    assert "<strong>5,436.8" in page
    assert 'class="conversions"' in page
    assert 'class="conversions"' not in client.get("/benefits?year_to=2003").text
