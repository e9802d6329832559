"""Somebody checks a draft before it is sent out."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import open_page
from tests.support.inspection import assert_accessible
from tests.tallies.test_figures import PARAGRAPH

DRAFT = PARAGRAPH.replace("二等奖5项", "二等奖6项").replace("5400", "5000") + "会员856人。"


@pytest.mark.parametrize(
    ("language", "width", "scripts"), [("zh-CN", 1440, True), ("en", 390, True), ("zh-CN", 390, False)]
)
def test_from_draft_to_evidence(browser: Browser, site: str, language: str, width: int, scripts: bool) -> None:
    for page in open_page(browser, site, language, width, scripts=scripts):
        page.goto("/reports/check")
        page.fill("#field-text", DRAFT)
        page.click(".check-form button[type=submit]")
        expect(page.locator(".said")).to_have_count(17)
        expect(page.locator(".judgement-differs")).to_have_count(1)
        expect(page.locator(".judgement-at_least")).to_have_count(1)
        if scripts:
            assert_accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.click(".said-differs .said-number")
        assert page.url.endswith("#finding-5")
        page.click(".said-differs > a >> nth=0")
        expect(page.locator(".record-card")).to_have_count(5)
