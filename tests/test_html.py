"""Every page is valid HTML by the Nu checker. Where Java or the checker is missing, this is said and skipped."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts import signed_in
from tests.pages import PAGES, ROLE_PAGES

CHECKER = Path(__file__).parent / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_valid(app: Flask, client: FlaskClient, tmp_path: Path, language: str) -> None:
    if not shutil.which("java") or not CHECKER.exists():
        pytest.skip("the Nu HTML checker is missing (Debian: apt install default-jre-headless; npm ci in tests/)")
    addresses = [*PAGES, "/records/XM-0000-000", "/tallies/awards?rows=colour"]
    for number, address in enumerate(addresses):
        page = client.get(address, headers={"Accept-Language": language})
        assert page.status_code in {200, 400, 404}
        (tmp_path / f"{number:02}.html").write_bytes(page.data)
    for role, pages in ROLE_PAGES.items():
        browser = client if role == "anonymous" else signed_in(app, role)
        for address in pages:
            page = browser.get(address, headers={"Accept-Language": language})
            assert page.status_code in {200, 403, 404}, address
            (tmp_path / f"{len(addresses):02}.html").write_bytes(page.data)
            addresses.append(f"{role}: {address}")
    for address in ("/prior-work", "/prior-work/reports"):  # pages that only a form leads to
        draft = {"title": "160kA预焙电解槽扩容", "text": "加大阳极尺寸\n提高系列电流"}
        page = signed_in(app, "reader").post(
            address, data=draft, headers={"Accept-Language": language}, follow_redirects=True
        )
        assert page.status_code == 200
        (tmp_path / f"{len(addresses):02}.html").write_bytes(page.data)
        addresses.append(address)
    administrator = signed_in(app, "administrator")
    for address in ("/account", "/accounts", "/accounts/1", "/accounts/new"):
        page = administrator.get(address, headers={"Accept-Language": language})
        assert page.status_code == 200
        (tmp_path / f"{len(addresses):02}.html").write_bytes(page.data)
        addresses.append(address)
    done = subprocess.run(
        ["java", "-jar", str(CHECKER), "--exit-zero-always", "--format", "json", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    told = [
        f"{addresses[int(Path(each['url']).stem)]}, line {each.get('lastLine')}: {each['message']}"
        for each in json.loads(done.stderr)["messages"]
        if "appears to be written in" not in each["message"]  # the records are Chinese on English pages too
    ]
    assert told == []
