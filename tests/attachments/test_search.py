"""What attachments say is found, told and forgotten with them, and changes nothing else."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalogue.database import db
from catalogue.search.current import current_index, current_sync
from catalogue.search.interface import Likeness, Query
from tests.attachments.files import CODE, PLACE, send, workbook
from tests.exchange.files import docx, pdf
from tests.support.catalogues import project


def found(site: Flask, text: str) -> list[str]:
    """The codes of what is found with all words, everything being visible."""
    with site.app_context():
        index = current_index()
        hits = index.search(Query(text=text, access=None)).hits
        codes = current_sync().codes(tuple(hit.id for hit in hits))
        db.session.remove()
        return [codes[hit.id] for hit in hits]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("证书.pdf", pdf("兹证明该项成果属石墨化领域，", "石墨烯衬里达到国际领先水平。")),
        ("证书.docx", docx("鉴定意见", table=[["结论", "石墨烯衬里达到国际领先水平"]])),
        ("证书.xlsx", workbook("结论", "石墨烯衬里达到国际领先水平")),
    ],
)
def test_words_of_a_certificate_find_the_record(site: Flask, client: FlaskClient, name: str, content: bytes) -> None:
    assert found(site, "石墨烯衬里") == []
    assert send(client, (name, content)).status_code == 303
    assert found(site, "石墨烯衬里") == [CODE]
    assert found(site, '"石墨烯衬里达到"') == [CODE]
    assert found(site, "烯") == [CODE]
    page = client.get("/search?q=石墨烯衬里").text
    assert f"见附件“{name}”" in page
    assert "<mark>石墨烯衬里</mark>达到国际领先水平" in page
    assert "<del" not in page.split('class="record-list"')[1].split("</article>")[0]
    number = re.search(rf"{PLACE}/(\d+)/remove", client.get(PLACE).text)
    assert number
    client.post(f"{PLACE}/{number[1]}/remove")
    assert found(site, "石墨烯衬里") == []


def test_names_and_descriptions_are_searched(site: Flask, client: FlaskClient) -> None:
    send(client, ("卓越贡献奖状.pdf", pdf("x")), description="人民大会堂颁发")
    assert found(site, "卓越贡献奖状") == found(site, "人民大会堂") == [CODE]
    assert "<mark>人民大会堂</mark>颁发" in client.get("/search?q=人民大会堂").text


def test_who_may_not_see_the_record_does_not_find_it_by_its_attachments(site: Flask, client: FlaskClient) -> None:
    with site.app_context():
        project("XM-2001-007", confidentiality="internal")
    send(client, ("密.docx", docx("耐蚀涂层配方")), place="/records/XM-2001-007/attachments")
    assert found(site, "耐蚀涂层配方") == ["XM-2001-007"]
    page = site.test_client().get("/search?q=耐蚀涂层配方").text
    assert "耐蚀涂层配方</mark>" not in page
    assert "XM-2001-007" not in page


def test_a_long_report_neither_hides_its_record_nor_makes_it_resemble_everything(
    site: Flask, client: FlaskClient
) -> None:
    with site.app_context():
        for number in range(20, 26):
            project(f"XM-2001-0{number}", title=f"铸轧机冷却水回路改造{number}", abstract="节水与水质稳定。")
    asked = Likeness("铸轧机冷却水回路改造20\n节水与水质稳定。", access=None, limit=10)
    with site.app_context():
        before = [(each.id, each.score) for each in current_index().similar(asked).hits]
        alone = current_index().search(Query(text="铸轧机冷却水", access=None)).hits
    report = docx(*(f"第{n}节 铸轧机冷却水回路改造的节水与水质稳定，另有参数{n * 7919}。" for n in range(900)))
    assert send(client, ("报告.docx", report), place="/records/XM-2001-023/attachments").status_code == 303
    assert send(client, ("报告.docx", report), place=PLACE).status_code == 303
    with site.app_context():
        after = {each.id: each.score for each in current_index().similar(asked).hits}
        hits = current_index().search(Query(text="铸轧机冷却水", access=None)).hits
        codes = current_sync().codes(tuple(hit.id for hit in hits))
    assert all(abs(after[id_] - score) < 0.05 for id_, score in before)
    assert {hit.id for hit in hits[:6]} == {hit.id for hit in alone[:6]}
    assert codes[hits[6].id] == CODE
    assert hits[6].score < hits[5].score


def test_the_index_agrees_with_the_database(site: Flask, client: FlaskClient) -> None:
    send(client, ("证书.docx", docx("结论" * 1000)))
    with site.app_context():
        assert not current_sync().check()
        assert current_sync().queued() == 0
        current_sync().rebuild()
    assert found(site, "结论结论") == [CODE]
