"""A reviewer and a contributor in two browsers: compared, returned with a comment, submitted again, published, found;
then the history, an earlier version brought back, and every page of it accessible in both languages and widths."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from catalogue.app import create_app
from catalogue.config import load
from tests.journeys.conftest import open_page
from tests.review.entries import write
from tests.support.accounts import actor, session_cookie
from tests.support.inspection import assert_fits
from tests.support.serving import served

CODE = "XM-2006-901"
FIRST = "针对阳极电流密度偏高的问题，改进了炭块结构。试验共安排8台槽。"
SECOND = "针对阳极电流密度偏高的问题，改进了炭块结构。试验共安排12台槽，历时十个月。"


@pytest.fixture
def place(demo_folder: Path, tmp_path: Path) -> Iterator[tuple[str, Flask]]:
    """The address of a site of its own, and its application."""
    app: Flask = create_app(load({}, data=shutil.copytree(demo_folder, tmp_path / "data")))
    with served(app) as address:
        yield address, app


def test_from_draft_to_restored(browser: Browser, place: tuple[str, Flask]) -> None:
    site, app = place
    texts = {"title": "阳极炭块结构改进试验", "date": "2006-05", "status": "completed", "abstract": FIRST}
    write(app, actor(app, "contributor"), "projects", CODE, **texts)
    author = open_page(browser, site, "zh-CN", 390, scripts=False, session=session_cookie(app, "contributor"))
    reviewer = open_page(browser, site, "zh-CN", 1440, session=session_cookie(app, "reviewer"))
    for theirs, page in zip(author, reviewer, strict=True):
        theirs.goto(f"/records/{CODE}")
        theirs.get_by_role("button", name="提交审核").click()
        expect(theirs.locator(".review-box strong")).to_have_text("待审")

        page.goto("/")
        page.locator(".account-menu summary").click()
        page.get_by_role("link", name="审核 (1)").click()
        page.get_by_role("link", name=texts["title"]).click()
        page.get_by_label("意见").fill("请核对槽数")
        page.get_by_role("button", name="退回并附意见").click()
        expect(page.locator(".review-box strong")).to_have_text("已退回")

        theirs.goto(f"/records/{CODE}")
        expect(theirs.locator(".review-comment")).to_have_text("请核对槽数")
        write(app, actor(app, "contributor"), "projects", CODE, abstract=SECOND)
        theirs.goto(f"/records/{CODE}")
        theirs.get_by_role("button", name="再次提交").click()
        assert_fits(theirs)

        page.goto(f"/review/project/{CODE}")
        expect(page.locator(".diff del")).to_contain_text("8")
        expect(page.locator(".diff ins")).to_have_count(2)
        page.get_by_role("button", name="发布").click()
        expect(page.locator(".review-box")).to_have_count(0)
        theirs.goto("/search?q=炭块结构改进+12台槽")
        expect(theirs.locator(".record-card-title").first).to_contain_text(texts["title"])

        page.get_by_role("link", name="第 6 版").click()
        expect(page.locator(".history-entry")).to_have_count(6)
        page.get_by_role("link", name="第 1 版").click()
        expect(page.locator(".abstract")).to_have_text(FIRST)
        page.get_by_role("button", name="恢复此版本").click()
        expect(page.locator(".abstract")).to_have_text(FIRST)
        expect(page.locator(".byline")).to_contain_text("已发布")
        theirs.goto(f"/records/{CODE}/history")
        expect(theirs.locator(".history-entry")).to_have_count(7)
