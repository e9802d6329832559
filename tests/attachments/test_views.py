"""Attachments on the record page: who may, what is kept and shown, how files are served and taken off again."""

import io
import re
import stat
from urllib.parse import quote

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from catalogue.attachments import service
from catalogue.attachments.models import Attachment, StoredFile
from catalogue.config import load
from catalogue.database import db
from catalogue.records.history.hash_chain import check_seals
from catalogue.records.history.models import Revision
from catalogue.records.models.records import Record
from catalogue.web.request_checks import most_bytes_of_files
from tests.attachments.files import CODE, PLACE, picture, send, store_of, stored, workbook
from tests.exchange.files import SCANNED_PDF, docx, pdf
from tests.support.accounts import account, signed_in
from tests.support.catalogues import project, writing


def addresses(page: str) -> list[str]:
    """The addresses of the attachments on a page."""
    return re.findall(r'class="attachment-link"\s+href="([^"]+)"', page)


def test_all_formats_are_attached_shown_and_served_as_they_came(site: Flask, client: FlaskClient) -> None:
    files = {
        "证书.pdf": (pdf("合格", pages=2), "application/pdf"),
        "报告.docx": (docx("报告"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        "数据.xlsx": (workbook("甲"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        "照片.JPG": (picture("JPEG"), "image/jpeg"),
        "图.png": (picture("PNG", mode="RGBA"), "image/png"),
        "传真.tif": (picture("TIFF", mode="1", compression="group4"), "image/tiff"),
        "截图.webp": (picture("WEBP"), "image/webp"),
    }
    answer = send(client, *((name, content) for name, (content, _type) in files.items()), description=" 2003 年  颁发 ")
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"] == f"/records/{CODE}#attachments"
    page = client.get(f"/records/{CODE}").text
    assert page.count("2003 年 颁发") == 7
    assert "2 页" in page
    assert "测试reviewer" in page
    html5lib.HTMLParser(strict=True).parse(page)
    reader = site.test_client()
    shown = reader.get(f"/records/{CODE}").text
    assert "测试reviewer" not in shown
    assert "<form" not in shown.split('id="attachments"')[1].split("</section>")[0]
    for address, (name, (content, media_type)) in zip(addresses(shown), files.items(), strict=True):
        served = reader.get(address)
        assert served.data == content
        assert served.mimetype == media_type
        assert f"filename*=UTF-8''{quote(name)}" in served.headers["Content-Disposition"]
        assert "private" in served.headers["Cache-Control"]
    assert shown.count("/preview") == 5
    assert "Word" in shown


def test_parts_and_unchanged_files_are_served(site: Flask, client: FlaskClient) -> None:
    content = pdf("合格")
    send(client, ("证书.pdf", content))
    (address,) = addresses(client.get(f"/records/{CODE}").text)
    part = client.get(address, headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.data) == (206, content[5:10])
    assert part.headers["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert client.get(address, headers={"Range": "bytes=999999-"}).status_code == 416
    etag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    assert client.head(address).headers["Content-Length"] == str(len(content))
    other = client.get(address.rpartition("/")[0] + "/evil.html")
    assert (other.status_code, other.headers["Location"]) == (302, address)


def test_pictures_are_small_turned_upright_and_say_nothing_of_their_origin(site: Flask, client: FlaskClient) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "camera of somebody"
    send(client, ("a.jpg", picture("JPEG", (900, 600), exif=exif.tobytes())))
    send(client, ("wide.png", picture("PNG", (4000, 20), mode="I;16")))
    page = client.get(f"/records/{CODE}").text
    first, second = re.findall(r'src="([^"]+/preview)"', page)
    served = client.get(first)
    drawn = Image.open(io.BytesIO(served.data))
    assert served.mimetype == "image/jpeg"
    assert drawn.size == (427, 640)
    assert not drawn.getexif()
    assert b"camera" not in served.data
    assert served.headers["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert Image.open(io.BytesIO(client.get(second).data)).size == (480, 2)


def test_good_files_are_kept_and_what_was_typed_stays(site: Flask, client: FlaskClient) -> None:
    answer = send(
        client, ("假.pdf", b"MZ"), ("真.pdf", pdf("真")), ("再.exe", b"MZ"), description="“获奖” <b>", language="zh"
    )
    assert answer.status_code == 400
    problems = answer.text.split('id="problem-files"')[1].split("</ul>")[0]
    assert problems.count("<li>") == 2
    assert "“假.pdf”的内容与文件名不符" in problems
    assert "已上传：真.pdf" in answer.text
    assert 'value="“获奖” &lt;b&gt;"' in answer.text
    assert len(addresses(answer.text)) == 1
    html5lib.HTMLParser(strict=True).parse(answer.text)
    nothing = send(client)
    assert nothing.status_code == 400
    assert "Choose at least one file first." in nothing.text


def test_content_is_stored_once_and_for_the_site_alone(site: Flask, client: FlaskClient) -> None:
    with site.app_context():
        project("XM-2001-002")
    before = set(stored(site))
    content = pdf("同一份文件")
    assert send(client, ("甲.pdf", content)).status_code == 303
    twice = send(client, ("乙.pdf", content))
    assert twice.status_code == 400
    assert "“乙.pdf” is attached already, as “甲.pdf”" in twice.text
    other = "/records/XM-2001-002/attachments"
    assert send(client, ("丙.pdf", content), place=other).status_code == 303
    (new,) = set(stored(site)) - before
    store = store_of(site)
    sha256 = new.replace("/", "")
    with site.app_context():
        assert {each.sha256 for each in db.session.scalars(select(Attachment))} == {sha256}
        assert db.session.get_one(StoredFile, sha256).size == len(content)
    for path in (store.path_of(sha256), store.preview_of(sha256)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (store.root, store.path_of(sha256).parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not list((store.root / "incoming").iterdir())
    assert site.test_client().get(f"/static/../attachments/{new}").status_code == 404


def test_history_version_and_seal_follow(site: Flask, client: FlaskClient) -> None:
    with site.app_context():
        version = db.session.scalars(select(Record.version).where(Record.code == CODE)).one()
    send(client, ("甲.pdf", pdf("甲")), ("乙.pdf", pdf("乙")))
    page = client.get(PLACE).text
    number = re.search(rf"{PLACE}/(\d+)/remove", page)
    assert number
    removed = client.post(f"{PLACE}/{number[1]}/remove")
    assert removed.status_code == 303
    assert client.post(f"{PLACE}/{number[1]}/remove").status_code == 404
    assert [quote("乙.pdf") in each for each in addresses(client.get(PLACE).text)] == [True]
    with site.app_context():
        record = db.session.scalars(select(Record).where(Record.code == CODE)).one()
        assert record.version == version + 3
        revisions = db.session.scalars(
            select(Revision).where(Revision.entity_code == CODE, Revision.number > version).order_by(Revision.number)
        ).all()
        assert [(each.changes["attachments"][0][:5], each.changes["attachments"][1][:5]) for each in revisions] == [
            ("", "甲.pdf"),
            ("", "乙.pdf"),
            ("甲.pdf", ""),
        ]
        assert all(each.account_id and each.channel == "form" for each in revisions)
        assert not check_seals(db.session()).broken
        row = db.session.get_one(Attachment, int(number[1]))
        assert (row.state, row.removed_by) == ("removed", "测试reviewer")
        assert row.removed_at is not None
    assert client.get(f"{PLACE}/{number[1]}/甲.pdf").status_code == 404
    assert client.get(f"{PLACE}/{number[1]}/preview").status_code == 404


def draft(site: Flask, code: str, **texts: str) -> str:
    """A draft of a contributor; gives the address of its attachments."""
    owner = account(site, "contributor")
    with site.app_context():
        project(code, review_state="draft", **texts)
        with writing():
            db.session.scalars(select(Record).where(Record.code == code)).one().owner_id = owner.id
    return f"/records/{code}/attachments"


def test_contributors_attach_to_their_own_drafts_only(site: Flask) -> None:
    contributor, place = signed_in(site, "contributor"), draft(site, "XM-2001-003")
    assert '<details class="attachment-add">' in contributor.get("/records/XM-2001-003").text
    assert send(contributor, ("a.pdf", pdf("草稿")), place=place).status_code == 303
    refused = send(contributor, ("a.pdf", pdf("x")))
    assert refused.status_code == 403
    assert "send the file to a reviewer" in refused.text
    assert contributor.get(PLACE).status_code == 403
    assert "attachment-add" not in contributor.get(f"/records/{CODE}").text
    other = signed_in(site, "contributor", "somebody-else")
    assert send(other, ("a.pdf", pdf("x")), place=place).status_code == 404
    (address,) = addresses(contributor.get("/records/XM-2001-003").text)
    number = address.split("/")[-2]
    for stranger in (other, signed_in(site, "reader"), site.test_client()):
        assert stranger.get(address).status_code == 404
        assert stranger.get(f"{place}/{number}/preview").status_code == 404
    assert signed_in(site, "reviewer").get(address).status_code == 200
    assert signed_in(site, "reader").post(f"{place}/{number}/remove").status_code == 403
    assert site.test_client().post(f"{place}/{number}/remove").status_code == 401
    assert contributor.post(f"{place}/{number}/remove").status_code == 303


def test_what_becomes_confidential_is_confidential_at_once(site: Flask, client: FlaskClient) -> None:
    with site.app_context():
        project("XM-2001-004")
    place = "/records/XM-2001-004/attachments"
    send(client, ("a.pdf", pdf("内部")), place=place)
    reader = site.test_client()
    (address,) = addresses(reader.get("/records/XM-2001-004").text)
    etag = reader.get(address).headers["ETag"]
    with site.app_context():
        project("XM-2001-004", confidentiality="internal")
    assert reader.get(address, headers={"If-None-Match": etag}).status_code == 404
    assert signed_in(site, "reader").get(address).status_code == 200
    # Nor does the number of one record's attachment lead anywhere under another record.
    number = address.split("/")[-2]
    assert reader.get(f"{PLACE}/{number}/a.pdf").status_code == 404


def test_forms_of_strangers_are_refused(site: Flask, client: FlaskClient) -> None:
    client.sends_tokens = False  # type: ignore[attr-defined]
    assert send(client, ("a.pdf", pdf("x"))).status_code == 400
    with site.app_context():
        assert db.session.scalars(select(Attachment)).all() == []
    assert send(site.test_client(), ("a.pdf", pdf("x"))).status_code == 401


def test_only_uploads_may_be_large(site: Flask, client: FlaskClient) -> None:
    large = b"x" * (17 * 1024 * 1024)
    answer = send(client, ("a.pdf", large), language="en")
    assert answer.status_code == 413
    assert "Files of 4 MB at most can be sent at once, each of 1 MB." in answer.text
    assert client.post("/prior-work", data=large).status_code == 413


def test_how_large_requests_may_be() -> None:
    assert most_bytes_of_files(load({})) == 101 * 1024 * 1024
    assert most_bytes_of_files(load({"CATALOGUE_ATTACHMENT_MB": "1"})) == 16 * 1024 * 1024


def test_a_record_has_room_for_fifty(site: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_PER_RECORD", 2)
    answer = send(client, *((f"{word}.png", picture(size=(40, number))) for number, word in enumerate("甲乙丙", 20)))
    assert answer.status_code == 400
    assert "A record has at most 2 attachments" in answer.text
    assert len(addresses(answer.text)) == 2
    assert "at most 2" in send(client, ("丁.png", picture(size=(40, 30)))).text


def test_scanned_pages_are_said_to_have_no_text(client: FlaskClient) -> None:
    send(client, ("扫描.pdf", SCANNED_PDF))
    assert "无文字，不参与检索" in client.get(f"/records/{CODE}").text
