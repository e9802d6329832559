"""Static files have addresses with a version, which browsers keep for good."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from catalogue.resources import STATIC_FOLDER
from catalogue.web.static_files import StaticFiles, read_folder
from tests.support.accounts import session_cookie, signed_in
from tests.support.prepared import Prepared
from tests.support.serving import served

KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
NAMES = ("css/site.css", "vendor/bootstrap/bootstrap.min.css", "js/forms.js", "img/seal.svg")


@pytest.fixture
def addresses(app: Flask) -> dict[str, str]:
    """The address of each of some files, as pages name it."""
    with app.test_request_context():
        return {name: url_for("static", filename=name) for name in NAMES}


def _write(folder: Path, **files: str) -> StaticFiles:
    for name, content in files.items():
        (folder / f"{name}.css").write_text(content)
    return read_folder.__wrapped__(folder)


def test_a_versioned_address_is_kept_for_good(client: FlaskClient, addresses: dict[str, str]) -> None:
    for name, address in addresses.items():
        assert re.fullmatch(rf"/static/v/[0-9a-f]{{12}}/{name}", address)
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == KEPT_FOR_GOOD
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Vary"] == "Accept-Encoding"


def test_the_same_for_everybody(app: Flask, addresses: dict[str, str]) -> None:
    answer = signed_in(app, "reader").get(addresses["js/forms.js"])
    assert answer.headers["Cache-Control"] == KEPT_FOR_GOOD
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("prefix", ["/static", "/static/v/0123456789ab", "/static/v/none"])
def test_without_this_version_it_is_asked_for_again(client: FlaskClient, prefix: str) -> None:
    for name in NAMES:
        answer = client.get(f"{prefix}/{name}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-cache"
        again = client.get(f"{prefix}/{name}", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
        assert again.data == b""
        assert again.headers["Cache-Control"] == "no-cache"
        assert again.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["nothing.css", "css", "css/", "", "v", "vendor/bootstrap/README.md", "../config.py", "css/../js/forms.js"]
)
def test_an_unknown_file_is_not_found(client: FlaskClient, addresses: dict[str, str], name: str) -> None:
    versioned = addresses["js/forms.js"].removesuffix("js/forms.js")
    for address in (f"{versioned}{name}", f"/static/{name}"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "immutable" not in answer.headers["Cache-Control"]


def test_head_tells_what_get_would(client: FlaskClient, addresses: dict[str, str]) -> None:
    for address in addresses.values():
        got, told = client.get(address), client.head(address)
        assert told.status_code == 200
        assert told.data == b""
        for name in ("Content-Length", "Content-Type", "Cache-Control", "ETag"):
            assert told.headers[name] == got.headers[name]
    assert client.post(addresses["js/forms.js"]).status_code == 405


def test_browsers_that_read_gzip_get_it(client: FlaskClient, addresses: dict[str, str]) -> None:
    for address in addresses.values():
        plain, packed = client.get(address), client.get(address, headers={"Accept-Encoding": "gzip, br"})
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Content-Encoding" not in client.get(address, headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_the_media_types(client: FlaskClient, addresses: dict[str, str]) -> None:
    assert {name: client.get(address).mimetype for name, address in addresses.items()} == {
        "css/site.css": "text/css",
        "vendor/bootstrap/bootstrap.min.css": "text/css",
        "js/forms.js": "text/javascript",
        "img/seal.svg": "image/svg+xml",
    }


def test_the_version_follows_from_names_and_content(tmp_path: Path) -> None:
    folder, other = tmp_path / "one", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    first = _write(folder, a="p {}", b="")
    assert first.version == _write(other, b="", a="p {}").version
    changed = _write(folder, a="p{}")
    (other / "b.css").rename(other / "c.css")
    renamed = _write(other)
    assert len({first.version, changed.version, renamed.version}) == 3
    assert first.files["a.css"].content == b"p {}"  # what was hashed is what is served, whatever the disk says by now


def test_a_style_sheet_is_served_with_its_parts_in_their_order(tmp_path: Path) -> None:
    served = _write(
        tmp_path,
        all='/* All */\n@import "b.css";\n@import "paper.css" print;\n@import "a.css";\n',
        a="a {}\n",
        b="b {}\n",
        paper="p {}\n",
        other="i {}\n",
    )
    assert {name: file.content.decode() for name, file in served.files.items()} == {
        "all.css": "/* All */\nb {}\n\n@media print {\np {}\n}\n\na {}\n\n",
        "other.css": "i {}\n",
    }


def test_every_style_sheet_of_the_site_is_part_of_one() -> None:
    served = read_folder(STATIC_FOLDER).files
    assert sorted(name for name in served if name.endswith(".css")) == [
        "css/site.css",
        "vendor/bootstrap/bootstrap.min.css",
    ]
    assert b"@import" not in served["css/site.css"].content
    for path in (STATIC_FOLDER / "css").glob("*.css"):
        if path.name != "site.css":
            assert served["css/site.css"].content.count(path.read_bytes()) == 1, path.name


def test_files_name_their_neighbours_relatively() -> None:
    """So that the address of what they name has the version of their own."""
    for name, file in read_folder(STATIC_FOLDER).files.items():
        text = file.content.decode()
        named = [*re.findall(r"url\(([^)]*)\)", text), *re.findall(r"""(?:from|import)\s*\(?(["'][^"']*["'])""", text)]
        if name.endswith((".css", ".js")):
            for target in named:
                assert re.match(r"""["']?\.\.?/""", target), f"{name}: {target}"
                path = (Path("/") / name).parent / target.strip("\"'")
                assert path.resolve().as_posix().removeprefix("/") in read_folder(STATIC_FOLDER).files


@pytest.fixture
def asked(prepared: Prepared) -> Iterator[list[str]]:
    """What is asked of the site, one line a request."""
    lines: list[str] = []
    app, answer = prepared.app, prepared.app.wsgi_app

    def noting(environ, start_response):  # type: ignore[no-untyped-def]
        lines.append(environ["PATH_INFO"])
        return answer(environ, start_response)

    app.wsgi_app = noting  # type: ignore[method-assign]
    yield lines
    app.wsgi_app = answer  # type: ignore[method-assign]


def test_a_later_page_asks_for_no_static_file_again(prepared: Prepared, browser: Browser, asked: list[str]) -> None:
    with served(prepared.app) as site:
        context = browser.new_context(base_url=site, locale="zh-CN")
        cookie = session_cookie(prepared.app, "reviewer")
        context.add_cookies([{"name": "session", "value": cookie, "url": site}])
        page = context.new_page()
        first = "/records/XM-2002-011/edit"  # the page with the most files
        page.goto(first, wait_until="networkidle")
        for address in ("/", "/projects", "/records/XM-2002-011", first):
            page.goto(address, wait_until="networkidle")
        files = [address for address in asked if address.startswith("/static/")]
        assert files
        # Each once: the icon of the site comes when the browser has time for it, which may be on a later page.
        assert len(files) == len(set(files))
        context.close()
