"""A small catalogue with everything that is awkward to publish."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalogue.database import db
from catalogue.records.models.records import Record
from tests.support.catalogues import empty_catalogue, project, put, writing

FORMULA = '=HYPERLINK("http://evil.example","阳极")'
HIDDEN = ("XM-2001-007", "XM-2001-008")  # a restricted record and a draft
# XML cannot hold these; an import leaves most of them out, a database filled in another way may have them.
UNPRINTABLE = "阳极\x0b断\ufffe层\x1f记录"


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Six open records, and two that are not."""
    app = empty_catalogue(tmp_path_factory.mktemp("awkward"))
    with app.app_context():
        put("people", staff_number="1001", name="石甲")
        put("people", staff_number="1002", name="郭乙")
        project("XM-2001-001", title=FORMULA, date="2001-05-17")
        project("XM-2001-002", title="阳极焙烧 <b>&amp;</b>", date="2001-05", keywords="-1+2; @命令")
        project("XM-2001-003", title="007", abstract="阳极，日期只到年份。", date="2001")
        project("XM-2001-004", title="阳极炭块", date="", abstract="阳极断层记录")
        project("XM-2001-005", title="阳极组装", people="石甲(1001); 郭乙(1002)", keywords="组装; 浇铸")
        project("XM-2001-006", title="阳极导杆")
        project(HIDDEN[0], title="阳极机密", confidentiality="restricted")
        project(HIDDEN[1], title="阳极草稿", review_state="draft")
        put(
            "benefits",
            code="XY-1",
            year="2002",
            kind="new_profit",
            amount="12600000",
            records="XM-2001-005 50%; XM-2001-006 50%",
        )
        put("benefits", code="XY-2", year="2002", kind="new_tax", amount="5000000", records="XM-2001-005")
        put("benefits", code="XY-3", year="2003", kind="cost_saving", amount="1234567.89", records="XM-2001-005")
        put(
            "benefits",
            code="XY-4",
            year="2003",
            kind="cost_saving",
            amount="99000000",
            records="XM-2001-005",
            confidentiality="restricted",
        )
        with writing():
            db.session.query(Record).filter_by(code="XM-2001-004").one().abstract = UNPRINTABLE
    return app


@pytest.fixture
def awkward_client(awkward: Flask) -> FlaskClient:
    return awkward.test_client()
