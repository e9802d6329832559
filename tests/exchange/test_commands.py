"""`catalogue import` and `catalogue export`: what they are told and what they tell."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from catalogue.cli.main import cli
from catalogue.errors import InvalidInput
from tests.exchange.drawing import Sheet, xlsx

PROJECTS = Sheet(
    "台账",
    [
        ["东西", "完成时间", "完成情况", "创了多少（万元）", "出自", "说不清"],
        ["甲试验", "2004-05", "完成", 12.5, "乙试验", "x"],
        ["乙试验", "2003-05", "完成", None, None, None],
        ["合计", None, None, 12.5, None, None],
    ],
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CATALOGUE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(cli, list(map(str, arguments)), catch_exceptions=False)

    return run


def test_a_map_says_what_headings_do_not(run, tmp_path: Path) -> None:
    book, columns = tmp_path / "a.xlsx", tmp_path / "map.json"
    book.write_bytes(xlsx(PROJECTS))
    feeds = {"东西": "title", "创了多少（万元）": "benefit.amount:new_profit", "出自": "links"}
    columns.write_text(json.dumps({"kind": "projects", "columns": feeds}))
    tried = json.loads(run("import", book, "--map", columns, "--dry-run", "--json").stdout)
    assert tried["applied"] is False
    assert tried["tables"] == {"projects": {"new": 2}, "benefits": {"new": 1}, "links": {"new": 1}}
    assert tried["unread"] == [{"file": "a.xlsx", "sheet": "台账", "columns": ["说不清"], "rows": {"4": "totals"}}]
    told = run("import", book, "--map", columns).stdout
    assert "说不清" in told
    assert "4 (合计行)" in told
    assert json.loads(run("export", tmp_path / "all.csv", "--json").stdout)["links"] == 1
    assert json.loads(run("import", tmp_path / "all.csv", "--json").stdout)["counts"].keys() == {"unchanged"}
    feeds["东西"] = "titel"
    columns.write_text(json.dumps({"kind": "projects", "columns": feeds}))
    with pytest.raises(InvalidInput, match="titel"):
        run("import", book, "--map", columns)


def test_rows_that_cannot_be_used_are_left_out_only_if_said(run, tmp_path: Path) -> None:
    sheet = tmp_path / "项目.csv"
    sheet.write_text("项目名称,完成时间\n甲试验,去年\n乙试验,2004\n", encoding="gb18030")
    with pytest.raises(InvalidInput, match="去年"):
        run("import", sheet)
    told = json.loads(run("import", sheet, "--kind", "projects", "--partial", "--json").stdout)
    assert told["counts"] == {"invalid": 1, "new": 1}
    assert told["applied"] is True
