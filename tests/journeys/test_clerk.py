"""A clerk in a browser: a sheet with three faults, the marked copy, the mended sheet, a new record, and all back."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from catalogue.app import create_app
from catalogue.config import load
from catalogue.imports.tables.sheets import read_tables
from tests.exchange.test_import_pages import workbook
from tests.journeys.conftest import open_page
from tests.support.accounts import session_cookie
from tests.support.inspection import assert_accessible, assert_fits
from tests.support.serving import served

FAULTY = (
    ("阳极组装线液压系统改造", "2006-13", "completed"),
    ("", "2006-05", "completed"),
    ("残极清理机改造", "2006", "好"),
)
MENDED = (("阳极组装线液压系统改造", "2006-03", "completed"), ("残极清理机改造", "2006", "completed"))


@pytest.fixture
def open_site(demo_folder: Path, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of a site of its own, and the cookie of somebody who may review there."""
    folder = shutil.copytree(demo_folder, tmp_path / "data")
    app: Flask = create_app(load({}, data=folder))
    with served(app) as address:
        yield address, session_cookie(app, "reviewer")


@pytest.mark.parametrize(("language", "width", "scripts"), [("zh-CN", 1440, True), ("zh-CN", 390, False)])
def test_from_faults_to_undo(
    browser: Browser, open_site: tuple[str, str], tmp_path: Path, language: str, width: int, scripts: bool
) -> None:
    site, session = open_site
    faulty, mended = tmp_path / "项目.xlsx", tmp_path / "项目-改.xlsx"
    faulty.write_bytes(workbook(*FAULTY))
    mended.write_bytes(workbook(*MENDED))
    for page in open_page(browser, site, language, width, scripts=scripts, session=session):
        page.goto("/imports")
        page.locator("#field-file").set_input_files(faulty)
        page.get_by_role("button", name="上传并试导").click()
        expect(page.locator(".import-problems li")).to_have_count(3)
        for cell in ("B2", "A3", "C4"):
            assert cell in page.locator(".import-rows").inner_text()
        if scripts:
            assert_accessible(page)
        assert_fits(page)
        with page.expect_download() as download:
            page.get_by_role("link", name="下载标注副本").click()
        marked = read_tables(download.value.path().read_bytes(), "m.xlsx")
        assert "2006-13" in marked[0].rows[0].cells
        page.goto("/imports")
        page.locator("#field-file").set_input_files(mended)
        page.get_by_role("button", name="上传并试导").click()
        page.get_by_role("button", name="导入全部行").click()
        expect(page.locator("h1")).to_contain_text("DR-")
        if scripts:
            assert_accessible(page)
        assert_fits(page)
        receipt = page.url
        page.goto("/search?q=阳极组装线液压系统改造")
        expect(page.locator(".record-card-title").first).to_contain_text("阳极组装线液压系统改造")
        page.goto(receipt)
        page.get_by_role("button", name="整批撤销").click()
        expect(page.locator("main")).to_contain_text("已撤销")
        page.goto("/search?q=阳极组装线液压系统改造")
        expect(page.locator("main")).not_to_contain_text("残极清理机改造")
