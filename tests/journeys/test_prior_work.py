"""An engineer checks a draft in a browser: pasted, narrowed, saved, printed; with scripts and without."""

import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.exchange.files import docx
from tests.journeys.conftest import open_page
from tests.support.accounts import session_cookie
from tests.support.inspection import LOOKS, faults

TITLE, TEXT = "160kA预焙电解槽扩容改造", "加大阳极尺寸，将系列电流由160kA提高到180kA。"


@pytest.mark.parametrize(("language", "widths"), LOOKS)
def test_from_draft_to_report(app: Flask, browser: Browser, site: str, language: str, widths: tuple[int, ...]) -> None:
    for page in open_page(browser, site, language, widths[0], session=session_cookie(app, "reader")):
        page.goto("/prior-work")
        page.locator("#field-title").fill(TITLE)
        page.locator("#field-text").fill(TEXT)
        page.locator("#check button").click()
        expect(page.locator(".finding-title").first).to_contain_text("160kA预焙电解槽扩容试验")
        expect(page.locator("#field-text")).to_have_value(TEXT)
        page.locator(".finding-draft summary").first.click()
        expect(page.locator(".draft-text mark").first).to_be_visible()
        assert faults(page, widths) == []
        page.locator("button[formaction]").click()
        page.wait_for_url(re.compile("/prior-work/reports/"))
        expect(page.locator("main")).to_contain_text(re.compile(r"CX-\d{4}-\d{4}"))
        assert faults(page, widths) == []


def test_a_file_without_scripts(app: Flask, browser: Browser, site: str, tmp_path: Path) -> None:
    file = tmp_path / "稿件.docx"
    file.write_bytes(docx(TITLE, TEXT))
    for page in open_page(browser, site, "zh-CN", 1440, scripts=False, session=session_cookie(app, "reader")):
        page.goto("/prior-work")
        page.locator("#field-file").set_input_files(file)
        page.get_by_role("checkbox", name="专利").check()
        page.locator("#check button").click()
        expect(page.locator("#field-title")).to_have_value(TITLE)
        expect(page.get_by_role("checkbox", name="专利")).to_be_checked()
        expect(page.locator(".finding .mark-badge", has_text="科技项目")).to_have_count(0)
        page.locator("button[formaction]").click()
        page.wait_for_url(re.compile("/prior-work/reports/"))
