"""Entering in a browser: a patent by keyboard alone, on a telephone without scripts, two tabs on one entry, and a form
that outlives its session."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete

from catalogue.accounts.models import LoginSession
from catalogue.database import db, writing
from tests.exchange.files import docx
from tests.journeys.conftest import open_page
from tests.support.accounts import session_cookie
from tests.support.inspection import assert_accessible, assert_fits


def tab_to(page: Page, wanted: str, key: str = "Tab") -> None:
    """Go on by the tab key until the control of this id has the focus."""
    for _step in range(40):
        if page.evaluate("document.activeElement.id") == wanted:
            return
        page.keyboard.press(key)
    pytest.fail(f"the tab key does not lead to {wanted}")


def pick(page: Page, typed: str, expected: str) -> None:
    """Type into a picker and take the first that it suggests."""
    page.keyboard.type(typed)
    expect(page.locator(".suggestion").first).to_contain_text(expected)
    page.keyboard.press("Enter")


def test_a_patent_by_keyboard(browser: Browser, entry_site: tuple[str, Flask], tmp_path: Path) -> None:
    site, app = entry_site
    certificate = tmp_path / "受理通知书.docx"
    certificate.write_bytes(docx("国家知识产权局受理通知书编号甲乙丙丁"))
    for page in open_page(browser, site, "zh-CN", 1440, session=session_cookie(app, "contributor")):
        page.goto("/records/new/patent")
        expect(page.locator("#f-title")).to_be_focused()
        page.keyboard.type("一种阳极炭块吊具")
        page.keyboard.press("Enter")  # goes on, and sends nothing
        expect(page.locator("#f-patent_type")).to_be_focused()
        tab_to(page, "f-date")
        page.keyboard.type("2004年12月29日")
        tab_to(page, "add-f-divisions")
        pick(page, "tansu", "炭素学部")
        tab_to(page, "add-f-people")
        pick(page, "zhangkewen", "张克文")
        pick(page, "sujianye", "苏建业")
        page.keyboard.type("冯毅(A1008)")  # not added by a key, and meant all the same
        people = page.locator("textarea[name=people]")
        expect(people).to_have_value("张克文(B1048)\n苏建业(A1005)")
        page.keyboard.press("Shift+Tab")  # into the last row
        page.keyboard.press("Alt+ArrowUp")
        expect(people).to_have_value("苏建业(A1005)\n张克文(B1048)")
        tab_to(page, "f-application_number")
        page.keyboard.type("200510136354.1")
        says = page.locator("[data-number-says]")
        expect(says).to_contain_text("应为 X")
        page.keyboard.press("Backspace")
        page.keyboard.type("X")
        expect(says).to_contain_text("按号码为 2005 年申请，所填为 2004 年")
        expect(page.locator("#f-patent_type")).to_have_value("invention")
        tab_to(page, "f-date", "Shift+Tab")
        page.keyboard.press("Control+A")
        page.keyboard.type("2005-12-29")
        expect(says).to_have_text("发明专利，2005年申请")
        expect(page.locator("[data-kept]")).to_contain_text("已暂存")
        assert_accessible(page)
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/records/ZL-2005-*?done=draft")
        expect(page.locator(".entry-done")).to_have_text("已存为草稿。")
        code = page.url.rpartition("/")[2].partition("?")[0]
        page.locator(".attachment-add summary").click()
        page.locator("#field-files").set_input_files(certificate)
        page.locator(".attachment-form button").click()
        expect(page.locator(".attachment")).to_have_count(1)
        page.goto("/my-work")
        expect(page.locator(".work-list li")).to_have_count(1)
        page.get_by_role("link", name="修改").first.press("Enter")
        page.wait_for_url("**/edit")  # whole, before a key is pressed
        page.get_by_role("button", name="保存并提交").press("Enter")
        page.wait_for_url("**done=submitted")
        expect(page.locator("main")).to_contain_text("苏建业")
        expect(page.locator("main")).to_contain_text("冯毅")
        expect(page.locator("main")).to_contain_text("受理通知书.docx")
    for page in open_page(browser, site, "zh-CN", 1440, session=session_cookie(app, "reviewer")):
        page.goto(f"/review/patent/{code}")
        page.get_by_role("button", name="发布").click()
        expect(page.locator(".review-box")).to_have_count(0)
        page.goto("/search?q=受理通知书编号甲乙丙丁")
        expect(page.locator(".record-card").first).to_contain_text("一种阳极炭块吊具")


def test_the_same_without_scripts_on_a_telephone(browser: Browser, entry_site: tuple[str, Flask]) -> None:
    site, app = entry_site
    cookie = session_cookie(app, "contributor", "telephone")
    for page in open_page(browser, site, "zh-CN", 390, scripts=False, session=cookie, may_refuse=True):
        page.goto("/patents")
        page.get_by_role("link", name="新建条目").click()
        page.locator("#f-title").fill("一种阴极炭块加热装置")
        page.locator("#f-date").fill("2003.4")
        page.locator("#f-people").fill("苏建业\n张克文(B1048)")
        page.locator("#f-application_number").fill("200510136355.1")
        assert_fits(page)
        page.get_by_role("button", name="保存并提交").click()
        expect(page.locator("#problems")).to_contain_text("应为 4")
        assert_fits(page)
        page.get_by_role("link", name="申请号").click()
        page.locator("#f-application_number").fill("200510136355")
        page.locator("#f-date").fill("2005.12.29")
        page.locator("#f-confidentiality-restricted").check()
        page.locator("#f-restricted_to-reviewer").check()
        page.get_by_role("button", name="保存并提交").click()
        page.wait_for_url("**done=submitted")
        assert_fits(page)


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1440), ("en", 390)])
def test_two_tabs_on_one_entry(browser: Browser, entry_site: tuple[str, Flask], language: str, width: int) -> None:
    """The second to be saved meets the first."""
    site, app = entry_site
    cookie = session_cookie(app, "reviewer")
    for page in open_page(browser, site, language, width, session=cookie, may_refuse=True):
        page.goto("/records/XM-2002-010/edit")
        other = page.context.new_page()
        other.goto("/records/XM-2002-010/edit")
        other.locator("#f-title").fill(f"另一页的题名 {language}")
        other.keyboard.press("Control+Enter")
        other.wait_for_url("**done=saved")
        page.locator("#f-title").fill(f"这一页的题名 {language}")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".both-field")).to_have_count(1)
        assert_accessible(page)
        assert_fits(page)
        page.locator(".entry-bar button").click()
        page.wait_for_url("**done=saved")
        expect(page.locator("h1")).to_have_text(f"这一页的题名 {language}")


@pytest.mark.parametrize(
    ("language", "width", "scripts"), [("zh-CN", 1440, True), ("en", 390, True), ("zh-CN", 390, False)]
)
def test_a_form_that_outlives_its_session(
    browser: Browser, entry_site: tuple[str, Flask], language: str, width: int, scripts: bool
) -> None:
    site, app = entry_site
    cookie, title = session_cookie(app, "contributor"), f"残极清理机改造 {language} {width} {scripts}"
    for page in open_page(browser, site, language, width, session=cookie, scripts=scripts, may_refuse=True):
        page.goto("/records/new/paper")
        page.locator("#f-title").fill(title)
        page.locator("#f-date").fill("2004")
        with app.app_context(), writing(db.session()) as session:
            session.execute(delete(LoginSession))
        page.locator("button[name=action][value=save]").click()
        for status in ("401", "400"):  # nobody is signed in; then somebody is, in a session of another token
            expect(page.locator(".error-status")).to_have_text(status)
            if scripts:
                assert_accessible(page)
                assert_fits(page)
            if status == "401":
                again = session_cookie(app, "contributor")
                page.context.add_cookies([{"name": "session", "value": again, "url": site}])
            page.locator(".error-again button").click()
        expect(page.locator("h1")).to_have_text(title)
