"""The demonstration catalogue with work under way: entries in review, a proposal, files, imports and links that people
have been given; and the pages that show it, by role."""

import io
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from catalogue.accounts.account_links import new_link
from catalogue.accounts.models import Account
from catalogue.app import create_app
from catalogue.config import load
from catalogue.database import db, writing
from catalogue.records.schema.reference_data import ENTITIES
from tests.attachments.files import picture
from tests.attachments.files import send as send_files
from tests.exchange.files import pdf
from tests.review.entries import take, write
from tests.review.test_amendments import proposal
from tests.support.accounts import account, actor, signed_in
from tests.support.catalogues import put
from tests.support.pages import REFUSED, REGISTERS, ROLE_PAGES

RECORD, LINE = "XM-2002-011", "XY-2003-001"
_HEADING = "项目名称,完成时间,项目状态\n"
_LONG = "大型预焙阳极电解槽在强化电流条件下的热平衡调整、阳极尺寸优化与槽寿命综合管理技术研究及其推广应用" * 2


@dataclass(frozen=True)
class Prepared:
    """The application, and for each role the addresses to open with the status that they answer."""

    app: Flask
    pages: Mapping[str, Mapping[str, int]]

    def browser(self, role: str) -> FlaskClient:
        """A browser in which somebody of the role is signed in."""
        return self.app.test_client() if role == "anonymous" else signed_in(self.app, role)


def prepare(demo: Path, folder: Path) -> Prepared:
    """A catalogue of its own out of the demonstration data."""
    app = create_app(load({}, data=shutil.copytree(demo, folder)))
    author, reviewer = actor(app, "contributor"), actor(app, "reviewer")
    texts = {"date": "2006-05", "status": "completed", "abstract": "试验共安排8台槽。"}
    for number, way in enumerate(("", "submit", "return")):
        code = f"XM-2006-90{number}"
        write(app, author, "projects", code, title=f"{_LONG}第{number}期", **texts)
        if way:
            take(app, author, "project", code, "submit")
        if way == "return":
            take(app, reviewer, "project", code, "return", "请核对槽数，并补充完成人。")
    write(app, author, "benefits", "XY-2006-901", year="2006", kind="new_profit", amount="10000")
    take(app, author, "benefit", "XY-2006-901", "submit")
    amendment = proposal(app, author, "projects", RECORD, title=_LONG, keywords="扩容;阳极")
    with app.app_context():
        put("projects", code=RECORD, title="160kA预焙电解槽扩容工业试验")
        put("benefits", code=LINE, basis="重新核定。")
        db.session.remove()
    place = f"/records/{RECORD}/attachments"
    files = (("鉴定证书.pdf", pdf("鉴定证书")), ("现场照片.jpg", picture("JPEG")))
    assert send_files(signed_in(app, "reviewer"), *files, place=place).status_code == 303
    pages = {role: {each: REFUSED.get((role, each), 200) for each in listed} for role, listed in ROLE_PAGES.items()}
    pages["anonymous"][f"/welcome/{_invitation(app)}"] = 200
    pages["reader"][_prior_work(app)] = 200
    pages["contributor"] |= dict.fromkeys((f"/records/XM-2006-90{number}" for number in range(3)), 200)
    pages["reviewer"] |= dict.fromkeys(
        (
            *_imports(app),
            "/review",
            "/review/project/XM-2006-901",
            "/review/benefit/XY-2006-901",
            "/my-work",
            f"/records/{RECORD}/edit",
            f"/review/amendments/{amendment}",
            f"/records/{RECORD}/history/1/compare",
            f"/benefits/{LINE}/history/1",
            f"/benefits/{LINE}/history/1/compare",
            *_register_rows(app),
        ),
        200,
    )
    return Prepared(app, pages)


def _invitation(app: Flask) -> str:
    made = account(app, "reader", "invited")
    with app.app_context(), writing(db.session()) as session:
        return new_link(session, "invitation", session.get_one(Account, made.id))


def _prior_work(app: Flask) -> str:
    draft = {"title": "160kA预焙电解槽扩容", "text": "加大阳极尺寸，提高系列电流"}
    return signed_in(app, "reader").post("/prior-work/reports", data=draft).headers["Location"]


def _imports(app: Flask) -> list[str]:
    """The plan of a sheet with faults, and the receipt of another."""
    client, addresses = signed_in(app, "reviewer"), []
    for name, rows in (
        ("faults", ",2006-13,好\n残极清理机改造,2006-05,completed\n"),
        ("good", "换极机组改造,2006,completed\n"),
    ):
        upload = {"file": (io.BytesIO(f"{_HEADING}{rows}".encode()), f"{name}.csv"), "kind": "projects"}
        addresses.append(client.post("/imports", data=upload).headers["Location"])
    addresses[1] = client.post(f"{addresses[1]}/apply", data={"rows": "all"}).headers["Location"]
    return addresses


def _register_rows(app: Flask) -> list[str]:
    """The form of the first row of each register."""
    with app.app_context():
        firsts = {table: db.session.scalar(select(ENTITIES[table].model.id).limit(1)) for table in REGISTERS}
    return [f"/registers/{table}/{number}/edit" for table, number in firsts.items() if number is not None]
