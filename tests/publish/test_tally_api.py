"""The figures as data: the same as those of the pages and of the command."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.catalogues import empty_catalogue, put
from tests.tallies.test_figures import EXPECTED, PARAGRAPH


def test_the_paragraph_and_its_figures(client: FlaskClient) -> None:
    answer: Any = client.get("/api/v1/summary?as_of=2006-12-31&lang=zh").json
    assert answer["text"] == PARAGRAPH
    assert {key: answer["figures"][key]["value"] for key in EXPECTED} == EXPECTED
    assert answer["figures"]["benefit_counted"] == {
        **answer["figures"]["benefit_counted"], "value": 54368000, "unit": "yuan"
    }  # fmt: skip
    for figure in answer["figures"].values():
        assert client.get(figure["evidence"]).status_code == 200
    period: Any = client.get("/api/v1/summary?year_from=2004&year_to=2006&lang=zh").json
    assert period["text"].startswith("2004—2006年")


def test_a_tally(client: FlaskClient) -> None:
    answer: Any = client.get("/api/v1/tally?subject=awards&rows=level&columns=grade&as_of=2006-12-31").json
    cells = {(cell["level"], cell["grade"]): cell for cell in answer["cells"]}
    assert cells["provincial_ministerial", "second"]["value"] == 5
    assert sum(cell["value"] for cell in answer["cells"]) == answer["total"]
    assert client.get(cells["provincial_ministerial", "second"]["evidence"]).status_code == 200


@pytest.mark.parametrize(
    "address", ["tally?subject=rockets", "tally?rows=colour", "tally?measure=x", "summary?as_of=x", "summary?year_to=x"]
)
def test_what_cannot_be_is_told_in_json(client: FlaskClient, address: str) -> None:
    response = client.get(f"/api/v1/{address}")
    assert response.status_code == 400
    assert response.json["error"]


def test_hidden_records_do_not_count(tmp_path: Path) -> None:
    app = empty_catalogue(tmp_path)
    with app.app_context():
        for number, hidden in enumerate(({}, {"review_state": "draft"}, {"confidentiality": "restricted"})):
            put("projects", code=f"XM-{number}", title="阳极", date="2001", status="completed", **hidden)
    answer: Any = app.test_client().get("/api/v1/tally?subject=projects&rows=year&as_of=2006-12-31").json
    assert answer["total"] == 1
