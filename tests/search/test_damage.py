"""A damaged index: every question is answered, or told that the index is to be rebuilt; then it is, by itself."""

import random
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from catalogue.config import current_settings
from catalogue.database import db
from catalogue.errors import IndexUnavailable
from catalogue.search.current import current_index, current_sync
from catalogue.search.interface import SORTS, IndexChange, Likeness, Query
from catalogue.search.whoosh.index import WhooshIndex
from catalogue.search.whoosh.segments import ThreadReader
from tests.support.catalogues import empty_catalogue, project

from .contract import DOCUMENTS, document

NOTHING = "乙烯裂解"  # no document has it, so that all titles are gone through for something near


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small index. Read only by custom."""
    folder = tmp_path_factory.mktemp("index")
    WhooshIndex(folder).rebuild(DOCUMENTS, "2006-12-31")
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(whole, tmp_path / "index")


def file_of(folder: Path, ending: str) -> Path:
    return next(next(folder.glob("generation-*")).glob(f"*{ending}"))


def garbled(content: bytes) -> bytes:
    noise = random.Random(7)
    return bytes(noise.randrange(256) for _ in content)


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "zeros": lambda content: bytes(len(content)),
    "noise": garbled,
    "noise in the middle": lambda content: content[:9] + garbled(content[9:-40]) + content[-40:],
    "letters for digits": lambda content: content.replace(b"200", b"2OO").replace(b"199", b"l99"),
}
QUESTIONS: dict[str, Callable[[WhooshIndex], object]] = {
    **{sort: lambda index, sort=sort: index.search(Query("", access=None, sort=sort)) for sort in SORTS},  # type: ignore[misc]
    **{
        text: lambda index, text=text: index.search(Query(text, access=None))  # type: ignore[misc]
        for text in (
            "电解槽",
            "电解槽 扩容",
            NOTHING,
            "槽",
            "电*",
            "dianjiecao",
            "year:1998..2003",
            "title:扩容",
            "201020643383",
        )
    },
    "years": lambda index: index.search(Query("电解", access=None, year_from=1990, year_to=2005)),
    "similar": lambda index: index.similar(Likeness("电解槽扩容试验\n石墨化阴极", access=None)),
    "suggestions": lambda index: [index.suggest(text, None) for text in ("电", "dian", "2010")],
    "digests": lambda index: list(index.digests()),
    "writing": lambda index: index.apply([IndexChange(1, document(1, "电解"))]),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize(
    "ending",
    [".text.col", ".names.col", ".sounds.col", ".labels.col", ".title_key.col", ".digest.col", ".pst", ".trm", ".toc"],
)
def test_no_question_fails_otherwise(folder: Path, ending: str, damage: str) -> None:
    path = file_of(folder, ending)
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    for ask in QUESTIONS.values():
        index = WhooshIndex(folder, patience=1)
        try:
            ask(index)
        except IndexUnavailable:
            assert index.status() is None  # so that it is rebuilt
        finally:
            index.close()
    assert WhooshIndex(folder).rebuild(DOCUMENTS, "2006-12-31") == len(DOCUMENTS)


@pytest.mark.parametrize("ending", [".text.col", ".labels.col", ".digest.col", ".trm", ".pst"])
def test_a_missing_file_is_no_empty_one(folder: Path, ending: str) -> None:
    """Nothing would be found, or nobody could see it, without a word."""
    file_of(folder, ending).unlink()
    index = WhooshIndex(folder)
    with pytest.raises(IndexUnavailable):
        index.search(Query("电解槽", access=None))
    assert index.status() is None


def test_what_is_read_one_by_one_is_watched_to_the_end(folder: Path) -> None:
    """An iterator fails after the method that made it has returned."""
    path = file_of(folder, ".text.col")
    path.write_bytes(DAMAGE["noise in the middle"](path.read_bytes()))
    index = WhooshIndex(folder)
    vocabulary: list[Iterator[str]] = []
    index._ask(lambda opened: vocabulary.append(ThreadReader.vocabulary(opened, opened.view.live)))
    with pytest.raises(IndexUnavailable):
        list(vocabulary[0])


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """A catalogue whose index has a damaged text column, which no reader has met yet."""
    with empty_catalogue(tmp_path).app_context():
        project(title="阴极炭块")
        path = file_of(current_settings().index_folder, ".text.col")
        db.session.remove()
    path.write_bytes(DAMAGE["noise"](path.read_bytes()))
    return empty_catalogue(tmp_path)


def test_a_reader_is_told_what_to_do(app: Flask) -> None:
    client = app.test_client()
    page = client.get(f"/search?q={NOTHING}", headers={"Accept-Language": "en"})
    assert page.status_code == 503
    assert "The site repairs it" in page.text
    assert "catalogue reindex" in page.text
    api = client.get(f"/api/v1/search?q={NOTHING}", headers={"Accept-Language": "en"})
    assert api.status_code == 503
    assert "catalogue reindex" in api.json["error"]["message"]
    assert client.get("/").status_code == 200
    assert client.get("/projects").status_code == 200


def test_what_a_question_met_is_mended(app: Flask) -> None:
    assert app.test_client().get(f"/search?q={NOTHING}").status_code == 503
    stop = threading.Event()
    with app.app_context():
        sync, index = current_sync(), current_index()
        assert index.status() is None
        thread = threading.Thread(target=sync.follow, args=(stop,), daemon=True)
        thread.start()
        try:
            for _ in range(600):
                if index.status() is not None:
                    break
                stop.wait(0.1)
        finally:
            stop.set()
            thread.join()
    assert app.test_client().get(f"/search?q={NOTHING}").status_code == 200
    assert "/records/XM-2001-001" in app.test_client().get("/search?q=阴极").text


def test_what_a_rebuild_does_not_mend_is_not_rebuilt_again_and_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a question that cannot be answered would keep the site rebuilding its index."""
    stop, looked, rebuilt = threading.Event(), [], []

    def status(_index: WhooshIndex) -> None:
        looked.append(True)
        if len(looked) == 3:
            stop.set()

    monkeypatch.setattr("catalogue.search.sync._POLL_SECONDS", 0.01)
    monkeypatch.setattr(WhooshIndex, "status", status)
    with app.app_context():
        sync = current_sync()
        monkeypatch.setattr(sync, "rebuild", lambda: rebuilt.append(True))
        sync.follow(stop)
    assert (len(looked), len(rebuilt)) == (3, 1)
