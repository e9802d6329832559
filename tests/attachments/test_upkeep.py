"""Files and rows agree, what does not is told, and what nothing refers to is swept in time."""

import io
import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from catalogue.attachments import maintenance, service
from catalogue.attachments.models import Attachment
from catalogue.attachments.storage import Store
from catalogue.cli.main import cli
from catalogue.database import db, utc_now
from tests.attachments.files import PLACE, picture, send, store_of
from tests.exchange.files import pdf
from tests.support.catalogues import writing


def only(site: Flask) -> Attachment:
    """The one attachment there is."""
    attachment = db.session.scalars(select(Attachment)).one()
    db.session.refresh(attachment)
    return attachment


def test_missing_changed_and_surplus_files_are_told(
    site: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for store in [store_of(site)]:
        for left in [path for path in store.root.rglob("*") if path.is_file()]:
            left.unlink()
    send(client, ("失.pdf", pdf("失")), ("变.png", picture()), ("好.pdf", pdf("好")))
    with site.app_context():
        names = {each.name: each.sha256 for each in db.session.scalars(select(Attachment))}
        assert not maintenance.find_faults(db.session(), store)
        store.path_of(names["失.pdf"]).unlink()
        store.path_of(names["变.png"]).write_bytes(b"x")
        surplus = store.root / "ab" / ("c" * 62)
        surplus.parent.mkdir(exist_ok=True)
        surplus.write_bytes(b"y")
        faults = maintenance.find_faults(db.session(), store)
        assert faults == maintenance.Faults((names["失.pdf"],), (names["变.png"],), ("ab" + "c" * 62,))
        assert faults
        db.session.remove()
    monkeypatch.setenv("CATALOGUE_DATA", str(store.root.parent))
    told = CliRunner().invoke(cli, ["check"])
    assert told.exit_code == 1
    assert f"附件文件缺失: 失.pdf ({names['失.pdf'][:16]}" in told.output
    assert "附件文件内容被改动: 变.png" in told.output
    as_json = CliRunner().invoke(cli, ["check", "--json"])
    assert json.loads(as_json.output)["attachments"]["missing"] == [names["失.pdf"]]
    with site.app_context():
        missing = only_named(names["失.pdf"])
    assert "tell the administrator" in client.get(
        f"{PLACE}/{missing}/失.pdf", headers={"Accept-Language": "en"}
    ).get_data(as_text=True)


def only_named(sha256: str) -> int:
    return db.session.scalars(select(Attachment.id).where(Attachment.sha256 == sha256)).one()


def test_removed_files_are_kept_for_thirty_days_and_uploads_may_bring_them_back(
    site: Flask, client: FlaskClient
) -> None:
    store, content = store_of(site), pdf("移除")
    send(client, ("移除.pdf", content))
    with site.app_context():
        attachment = only(site)
        path, number = store.path_of(attachment.sha256), attachment.id
    client.post(f"{PLACE}/{number}/remove")
    old = (utc_now() - timedelta(days=40)).timestamp()
    os.utime(path, (old, old))
    with site.app_context():
        now = utc_now()
        assert attachment.sha256 not in maintenance.sweep(db.session(), store, now + timedelta(days=29))
        assert path.exists()
        with writing():
            only(site).removed_at = now - timedelta(days=31)
        assert attachment.sha256 in maintenance.find_faults(db.session(), store).orphans
    send(client, ("又来.pdf", content))  # the file that was about to be swept is wanted again, and fresh
    with site.app_context():
        assert attachment.sha256 not in maintenance.sweep(db.session(), store)
        with writing():
            present = db.session.scalars(select(Attachment).where(Attachment.state == "present")).one()
            present.state, present.removed_at = "removed", now - timedelta(days=31)
        assert attachment.sha256 not in maintenance.sweep(db.session(), store)  # it was written less than a day ago
        os.utime(path, (old, old))
        assert attachment.sha256 in maintenance.sweep(db.session(), store)
    assert not path.exists()
    assert not store.preview_of(attachment.sha256).exists()


def test_uploads_that_were_cut_off_are_swept_after_a_day(tmp_path: Path) -> None:
    store = Store.of(tmp_path)
    received = store.receive(io.BytesIO(b"cut off"))
    store.sweep(set(), utc_now())
    assert received.path.exists()
    store.sweep(set(), utc_now() + timedelta(days=2))
    assert not received.path.exists()


def test_a_transaction_that_fails_leaves_no_row_and_an_orphan_only(
    site: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(service, "_describe", fail)
    assert send(client, ("断电.pdf", pdf("断电"))).status_code == 500
    with site.app_context():
        assert db.session.scalars(select(Attachment)).all() == []
        assert len(maintenance.find_faults(db.session(), store_of(site)).orphans) >= 1
    assert not list((store_of(site).root / "incoming").iterdir())
