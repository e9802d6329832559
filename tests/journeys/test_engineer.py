"""An engineer's way: has somebody done this before? From a few letters of pinyin to a report that can be filed."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from docx import Document
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import open_page
from tests.support.accounts import session_cookie
from tests.support.inspection import assert_accessible

PARAGRAPH = (
    "本项目拟在槽壳和阴极结构都不改动的前提下，仅靠加大阳极尺寸提高系列电流，"
    "把160kA预焙电解槽强化到180千安，并调整铝水平和保温料厚度，测试热平衡。"
)


@pytest.fixture
def engineer(app: Flask, browser: Browser, site: str) -> Iterator[Page]:
    yield from open_page(browser, site, "zh-CN", 1440, session=session_cookie(app, "reader"))


def test_from_pinyin_to_a_filed_report(engineer: Page) -> None:
    page = engineer
    page.goto("/")
    box = page.get_by_role("combobox").first
    box.press_sequentially("yubeidianjiec", delay=15)
    options = page.get_by_role("option")
    expect(options.filter(has_text="160kA预焙电解槽扩容试验")).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert_accessible(page)
    chosen = options.first.locator(".suggestion-text").inner_text()
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(chosen)

    # Two facets, of which the siblings stay.
    page.goto("/search?q=预焙槽")
    page.get_by_role("checkbox", name=re.compile("^科技项目")).check()
    page.wait_for_url(re.compile("kind=project"))
    page.get_by_role("checkbox", name=re.compile("^铝冶炼学部")).check()
    page.wait_for_url(re.compile("division=smelting"))
    expect(page.locator(".chip")).to_have_count(2)
    number = int(re.findall(r"\d+", page.locator(".result-head [role=status]").inner_text())[0])
    expect(page.locator(".record-list > *")).to_have_count(number)

    page.get_by_role("link", name="160kA预焙电解槽扩容试验").first.click()
    expect(page.get_by_role("heading", name="相似条目")).to_be_visible()
    similar = page.locator(".similar-list a").first
    title = similar.inner_text()
    similar.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)

    page.get_by_role("navigation").get_by_role("link", name="查新").first.click()
    page.get_by_label("题名").fill("加大阳极提高系列电流")
    page.get_by_label(re.compile("正文")).fill(PARAGRAPH)
    page.get_by_role("button", name="查新").click()
    expect(page.locator(".finding").first).to_contain_text("160kA预焙电解槽扩容试验")
    expect(page.locator(".finding mark").first).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="存为报告").click()
    expect(page).to_have_url(re.compile("/prior-work/reports/"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("Word")).first.click()
    report = Document(BytesIO(waiting.value.path().read_bytes()))
    text = "\n".join(paragraph.text for paragraph in report.paragraphs)
    assert "160kA预焙电解槽扩容试验" in text
    assert PARAGRAPH in text


@pytest.fixture
def plain_page(browser: Browser, site: str) -> Iterator[Page]:
    yield from open_page(browser, site, "zh-CN", 390, scripts=False)


def test_the_same_without_scripts(plain_page: Page) -> None:
    plain_page.goto("/search")
    plain_page.get_by_role("searchbox").first.fill("dianjiecao")
    plain_page.get_by_role("button", name="检索").first.click()
    expect(plain_page.locator(".record-list > *").first).to_be_visible()
    plain_page.get_by_role("link", name="查新：比对整篇稿件").click()
    plain_page.get_by_label(re.compile("正文")).fill(PARAGRAPH)
    plain_page.get_by_role("button", name="查新").click()
    expect(plain_page.locator(".finding").first).to_be_visible()


def test_suggestions_can_be_left_alone(page: Page) -> None:
    page.goto("/")
    box = page.get_by_role("combobox").first
    box.press_sequentially("李占")
    expect(page.get_by_role("option", name=re.compile("李占奎"))).to_be_visible()
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=%E6%9D%8E%E5%8D%A0"))
