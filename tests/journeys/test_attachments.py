"""Attachments in a browser: certificates on a record, their pictures, what is printed, and taking them off again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.attachments.files import CODE, picture
from tests.exchange.files import docx, pdf
from tests.journeys.conftest import open_page
from tests.support.accounts import session_cookie
from tests.support.catalogues import empty_catalogue, project
from tests.support.inspection import assert_accessible, assert_fits
from tests.support.serving import served


@pytest.fixture(scope="module")
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a site with one project, and the cookie of somebody who may review there."""
    app = empty_catalogue(tmp_path_factory.mktemp("attachments") / "data")
    with app.app_context():
        project(CODE)
    with served(app) as address:
        yield address, session_cookie(app, "reviewer")


@pytest.mark.parametrize(("language", "width", "scripts"), [("zh-CN", 1440, False), ("en", 390, True)])
def test_from_upload_to_removal(
    browser: Browser, own_site: tuple[str, str], tmp_path: Path, language: str, width: int, scripts: bool
) -> None:
    site, session = own_site
    contents = {"证书.pdf": pdf("合格"), "报告.docx": docx("报告"), "照片.jpg": picture("JPEG")}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    for page in open_page(browser, site, language, width, scripts=scripts, session=session):
        page.goto(f"/records/{CODE}")
        page.locator(".attachment-add summary").click()
        if scripts:
            assert_accessible(page)
        page.locator("#field-files").set_input_files([tmp_path / name for name in contents])
        page.locator("#field-description").fill("2003 年颁发")
        page.locator(".attachment-form button").click()
        expect(page.locator(".attachment")).to_have_count(3)
        image = page.locator(".attachment img").first
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("naturalHeight", 640)
        assert_fits(page)
        page.emulate_media(media="print")
        expect(page.get_by_text("证书.pdf")).to_be_visible()
        expect(image).to_be_hidden()
        page.emulate_media(media="screen")
        with page.expect_download() as download:
            page.get_by_text("报告.docx").click()
        assert download.value.suggested_filename == "报告.docx"
        page.locator(".attachment-manage a").click()
        for left in (2, 1, 0):
            if scripts:
                assert_accessible(page)
            page.locator(".attachment form button").first.click()
            expect(page.locator(".attachment")).to_have_count(left)
