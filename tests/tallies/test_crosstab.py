"""Every figure of every table opens exactly the entries that it counts, and no table counts anything twice."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import ANONYMOUS, COMMAND_LINE
from catalogue.database import db
from catalogue.errors import InvalidInput
from catalogue.tallies.crosstab import count, tabulate
from catalogue.tallies.spec import Selection, TallySpec, spec_from_args
from catalogue.tallies.subjects import SUBJECTS
from tests.support.catalogues import empty_catalogue, project, put

END = date(2006, 12, 31)


def test_the_command_and_the_reader_count_the_same(session: Session) -> None:
    spec = spec_from_args(SUBJECTS["awards"], {}, END)
    assert [figure.value for figure in tabulate(session, COMMAND_LINE, spec).figures()] == [
        figure.value for figure in tabulate(session, ANONYMOUS, spec).figures()
    ]


def test_periods_add_up(session: Session) -> None:
    subject = SUBJECTS["awards"]
    whole = count(session, ANONYMOUS, Selection(subject, END)).value
    early = count(session, ANONYMOUS, Selection(subject, END, year_to=1999)).value
    late = count(session, ANONYMOUS, Selection(subject, END, year_from=2000)).value
    assert early and late
    assert early + late == whole


@pytest.mark.parametrize(
    "args",
    [
        {"rows": "colour"},
        {"columns": "colour"},
        {"as_of": "yesterday"},
        {"as_of": "2006-02-30"},
        {"year_from": "MMVI"},
        {"year_to": "99999999999"},
        {"level": "galactic"},
        {"year": "１９９９"},
    ],
)
def test_a_tally_that_cannot_be_is_refused_in_words(session: Session, args: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        spec_from_args(SUBJECTS["awards"], args, END)


def test_what_is_only_known_to_the_year_counts_when_the_year_is_over(tmp_path: Path) -> None:
    with empty_catalogue(tmp_path).app_context():
        project("XM-1", date="2001")
        project("XM-2", date="2001-03")
        project("XM-3", date="2001-03-31")

        def completed(day: date) -> int:
            return count(db.session, ANONYMOUS, Selection(SUBJECTS["projects"], day)).entry_count

        assert completed(date(2001, 3, 30)) == 0
        assert completed(date(2001, 3, 31)) == 2
        assert completed(date(2001, 12, 30)) == 2
        assert completed(date(2001, 12, 31)) == 3


def test_drafts_and_restricted_records_count_nowhere(tmp_path: Path) -> None:
    with empty_catalogue(tmp_path).app_context():
        project("XM-1")
        project("XM-2", review_state="draft")
        project("XM-3", confidentiality="restricted")
        whole = Selection(SUBJECTS["projects"], END)
        assert count(db.session, ANONYMOUS, whole).entry_count == 1
        # The command line sees what is restricted, but a draft is no evidence for anybody.
        assert count(db.session, COMMAND_LINE, whole).entry_count == 2


def test_an_award_counts_as_what_its_scheme_counted_as_then(tmp_path: Path) -> None:
    with empty_catalogue(tmp_path).app_context():
        put("award_schemes", code="corp", name="总公司奖", level="industry")
        put("scheme_standings", scheme="corp", counts_as="provincial_ministerial", from_year="1986", to_year="1998")
        for code, when in (("JL-1", "1985"), ("JL-2", "1986"), ("JL-3", "1998-12-31"), ("JL-4", "1999-01-01")):
            put("awards", code=code, title="奖", date=when, scheme="corp", grade="third")
        table = tabulate(db.session, ANONYMOUS, TallySpec(Selection(SUBJECTS["awards"], END), "level", "year"))
        assert {key: figure.value for key, figure in table.cells.items()} == {
            ("industry", 1985): 1,
            ("provincial_ministerial", 1986): 1,
            ("provincial_ministerial", 1998): 1,
            ("industry", 1999): 1,
        }


def test_a_benefit_of_several_projects_is_one_line_in_one_division(tmp_path: Path) -> None:
    with empty_catalogue(tmp_path).app_context():
        put("divisions", code="a", name="甲学部")
        put("divisions", code="b", name="乙学部")
        project("XM-1", divisions="甲学部")
        project("XM-2", divisions="乙学部;甲学部")
        line = {"year": "2002", "kind": "new_profit", "amount": "100.10", "records": "XM-1 40%;XM-2 60%"}
        put("benefits", code="XY-1", **line)
        put("benefits", code="XY-2", **{**line, "kind": "new_output_value"})
        put("benefits", code="XY-3", **{**line, "unit": "CHF"})
        table = tabulate(db.session, ANONYMOUS, TallySpec(Selection(SUBJECTS["benefits"], END), "division", "kind"))
        assert {key: str(figure.value) for key, figure in table.cells.items()} == {("b", "new_profit"): "100.1"}
