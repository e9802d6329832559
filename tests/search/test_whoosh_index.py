"""The Whoosh adapter: the contract, and what is its own affair: files, processes, damage, memory."""

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from catalogue.errors import IndexUnavailable
from catalogue.search.interface import IndexBusy, IndexChange, Query
from catalogue.search.text import analysis
from catalogue.search.whoosh import index as whoosh_index
from catalogue.search.whoosh import writer as whoosh_writer
from catalogue.search.whoosh.index import WhooshIndex
from catalogue.search.whoosh.segments import ThreadReader
from tests.support.timing import PATIENCE, quickest

from .alike_contract import AlikeContract
from .contract import DOCUMENTS, EVERYONE, INSIDERS, SearchIndexContract, document


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[WhooshIndex]:
    index = WhooshIndex(tmp_path / "index")
    yield index
    index.close()


class TestWhooshIndex(SearchIndexContract):
    pass


class TestAlike(AlikeContract):
    pass


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    WhooshIndex(tmp_path).rebuild(DOCUMENTS, "2006-12-31")
    return tmp_path


def generations(folder: Path) -> list[Path]:
    return sorted(folder.glob("generation-*"))


def total(index: WhooshIndex, text: str = "") -> int:
    return index.search(Query(text, access=None)).total


def in_another_process(folder: Path, code: str) -> "subprocess.Popen[str]":
    program = f"""
import pathlib, sys, time
from catalogue.search.interface import IndexChange, Query
from catalogue.search.whoosh.index import WhooshIndex
from catalogue.search.whoosh.segments import ThreadReader
from tests.search.contract import DOCUMENTS, document
index = WhooshIndex(pathlib.Path({str(folder)!r}), patience={PATIENCE})
{code}
"""
    root = Path(__file__).parents[2]
    return subprocess.Popen([sys.executable, "-c", program], cwd=root, stdout=subprocess.PIPE, text=True)


def test_no_index_is_said(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path / "nowhere")
    assert index.status() is None
    for ask in (
        lambda: index.search(Query()),
        lambda: index.apply([IndexChange(1, None)]),
        index.digests,
    ):
        with pytest.raises(IndexUnavailable):
            ask()
    index.apply([])  # nothing to write needs no index


def test_an_index_of_another_version_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = WhooshIndex(folder)
    assert index.status() is not None
    for module, name in ((analysis, "VERSION"), (sys.modules["catalogue.search.whoosh.generations"], "SCHEMA_VERSION")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, "another")
            assert index.status() is None
            with pytest.raises(IndexUnavailable):
                index.search(Query())
    assert index.status() is not None


@pytest.mark.parametrize("damage", ["current is junk", "current is empty", "no segment", "short segment", "no folder"])
def test_a_damaged_index_is_said_and_can_be_rebuilt(folder: Path, damage: str) -> None:
    (generation,) = generations(folder)
    segment = next(generation.glob("*.trm"))
    if damage == "current is junk":
        (folder / "CURRENT").write_text('{"generation": 7')
    elif damage == "current is empty":
        (folder / "CURRENT").write_text("")
    elif damage == "no segment":
        segment.unlink()
    elif damage == "short segment":
        os.truncate(segment, segment.stat().st_size // 2)
    else:
        for file in generation.iterdir():
            file.unlink()
        generation.rmdir()
    index = WhooshIndex(folder)
    assert index.status() is None
    with pytest.raises(IndexUnavailable):
        index.search(Query("电解"))
    with pytest.raises(IndexUnavailable):
        index.apply([IndexChange(1, None)])
    assert index.rebuild(DOCUMENTS, "2006-12-31") == 5
    assert total(index, "石墨化") == 1


def test_a_segment_never_takes_the_name_of_another(empty: WhooshIndex, tmp_path: Path) -> None:
    """Libraries seed `random`, tests among them; Whoosh would name its files after it, and write over what is there."""
    empty.rebuild([], "")
    for number in range(1, whoosh_writer.MERGED):
        random.seed(0)
        empty.apply([IndexChange(number, document(number, "电解"))])
    assert len(list((tmp_path / "index").glob("generation-*/*.trm"))) == whoosh_writer.MERGED - 1
    assert total(WhooshIndex(tmp_path / "index"), "电解") == whoosh_writer.MERGED - 1


def test_damage_that_a_merge_meets_is_said(empty: WhooshIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty.rebuild([], "")
    for number in range(1, whoosh_writer.MERGED):
        empty.apply([IndexChange(number, document(number, "电解"))])
    os.truncate(next((tmp_path / "index").glob("generation-*/*.trm")), 0)
    monkeypatch.setattr(empty, "_ask", lambda _ask: [])  # as if the damage had come after the segments were opened
    with pytest.raises(IndexUnavailable):
        for number in range(50, 50 + whoosh_writer.MERGED):
            empty.apply([IndexChange(number, document(number, "电解"))])


def test_a_writer_that_has_closed_itself_can_be_discarded(empty: WhooshIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Whoosh whose failed commit closes the writer must not hide the failure behind another one."""

    def fails(self: whoosh_writer.Writer, merge: bool = True) -> None:
        self.cancel()
        raise OSError("no space left")

    empty.rebuild([], "")
    monkeypatch.setattr(whoosh_writer.Writer, "commit", fails)
    with pytest.raises(OSError, match="no space left"):
        empty.apply([IndexChange(1, document(1, "电解"))])


def test_damage_deep_inside_is_said_when_it_is_met(folder: Path) -> None:
    (generation,) = generations(folder)
    for postings in generation.glob("*.pst"):
        os.truncate(postings, 10)
    with pytest.raises(IndexUnavailable):
        WhooshIndex(folder).search(Query("电解 扩容", access=EVERYONE))


def test_rebuilding_leaves_one_generation(folder: Path) -> None:
    index = WhooshIndex(folder)
    (folder / "generation-leftover").mkdir()
    (folder / "generation-leftover" / "file").write_text("of a process that was killed")
    for _ in range(3):
        total(index)
        index.rebuild(DOCUMENTS, "2007-12-31")
    (generation,) = generations(folder)
    assert json.loads((folder / "CURRENT").read_text())["generation"] == generation.name


def test_a_reader_follows_a_rebuild_by_another(folder: Path) -> None:
    reader, builder = WhooshIndex(folder), WhooshIndex(folder)
    assert total(reader) == 5
    builder.rebuild(DOCUMENTS[:2], "2007-12-31")
    assert total(reader) == 2
    status = reader.status()
    assert status is not None
    assert status.as_of == "2007-12-31"


def test_a_file_that_was_taken_away_meanwhile_is_no_damage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index, builder = WhooshIndex(folder), WhooshIndex(folder)
    read, rebuilt = ThreadReader.texts, []

    def meanwhile(opened: ThreadReader, number: int) -> tuple[str, str]:
        if not rebuilt:
            rebuilt.append(builder.rebuild(DOCUMENTS[:3], "2007-12-31"))
        return read(opened, number)

    monkeypatch.setattr(ThreadReader, "texts", meanwhile)
    assert total(index, "石墨化") == 1
    assert rebuilt == [3]
    assert total(index) == 3


@pytest.mark.slow
def test_a_commit_of_another_process_is_seen(folder: Path) -> None:
    index = WhooshIndex(folder)
    assert total(index, "跨进程") == 0
    writer = in_another_process(folder, "index.apply([IndexChange(70, document(70, '跨进程'))])")
    writer.communicate(timeout=PATIENCE)
    assert writer.returncode == 0
    assert total(index, "跨进程") == 1


@pytest.mark.slow
def test_processes_write_in_turn(folder: Path) -> None:
    code = "for n in range({0}, {0} + 10): index.apply([IndexChange(n, document(n, '跨进程'))])"
    writers = [in_another_process(folder, code.format(first)) for first in (1000, 2000)]
    index = WhooshIndex(folder, patience=PATIENCE)
    for number in range(3000, 3010):
        index.apply([IndexChange(number, document(number, "跨进程"))])
    for writer in writers:
        writer.communicate(timeout=PATIENCE)
        assert writer.returncode == 0
    assert total(index, "跨进程") == 30


@pytest.mark.slow
def test_a_killed_writer_blocks_nobody(folder: Path) -> None:
    code = """
def endless():
    for number in range(100, 10**6):
        if number == 110:
            print("writing", flush=True)
        yield document(number, "未完成的重建")
index.apply([IndexChange(6, document(6, "先写"))])
index.rebuild(endless(), "2007-12-31")
"""
    writer = in_another_process(folder, code)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writing\n"
    index = WhooshIndex(folder, patience=PATIENCE)
    with pytest.raises(IndexBusy):
        WhooshIndex(folder, patience=0.1).apply([IndexChange(7, document(7, "等不及"))])
    writer.kill()
    writer.communicate()
    index.apply([IndexChange(8, document(8, "后加"))])
    assert (total(index, "先写"), total(index, "后加"), total(index, "未完成")) == (1, 1, 0)
    index.rebuild(DOCUMENTS, "2007-12-31")
    assert len(generations(folder)) == 1


def test_a_lock_file_left_behind_blocks_nobody(folder: Path) -> None:
    (folder / "lock").write_text("12345")
    (generation,) = generations(folder)
    (generation / "MAIN_WRITELOCK").write_text("")
    index = WhooshIndex(folder, patience=1)
    index.apply([IndexChange(1, None)])
    assert total(index) == 4


def test_a_writer_does_not_wait_for_ever(folder: Path) -> None:
    index = WhooshIndex(folder, patience=0.1)
    with FileLock(folder / "lock"), pytest.raises(IndexBusy):
        index.apply([IndexChange(1, None)])
    with FileLock(folder / "lock"):
        assert total(index) == 5  # searching needs no lock
    assert total(index) == 5


def test_a_change_that_cannot_be_written_leaves_the_index_as_it_was(folder: Path) -> None:
    index = WhooshIndex(folder)
    broken = document(7, "坏的", sort_date="not a date")
    with pytest.raises(ValueError, match="not a date"):
        index.apply([IndexChange(1, None), IndexChange(7, broken)])
    assert total(index) == 5
    index.apply([IndexChange(1, None)])
    assert total(index) == 4


def test_segments_stay_few(folder: Path) -> None:
    index = WhooshIndex(folder)
    for number in range(80):
        index.apply([IndexChange(number, document(number, f"一次一条{number}", facets={"kind": ("paper",)}))])
    assert total(index) == 80
    (generation,) = generations(folder)
    assert len(list(generation.glob("*.trm"))) <= 20
    assert index.search(Query(access=None)).facets["kind"] == {"paper": 80}


def test_a_rebuild_of_several_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whoosh_index, "_DOCUMENTS_PER_SEGMENT", 2)
    index = WhooshIndex(tmp_path)
    assert index.rebuild(DOCUMENTS, "2006-12-31") == 5
    assert [hit.id for hit in index.search(Query(access=INSIDERS)).hits] == [4, 2, 3, 1, 5]
    results = index.search(Query("阳极 阴极 电解", access=INSIDERS))
    assert {hit.id for hit in results.hits} == {1, 2, 3, 4}
    assert sum(results.facets["kind"].values()) == 4
    index.apply([IndexChange(3, None)])
    assert [hit.id for hit in index.search(Query(sort="title", access=INSIDERS)).hits] == [1, 4, 2, 5]
    assert sorted(id for id, _ in index.digests()) == [1, 2, 4, 5]


def test_memory_of_postings_is_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    segments = sys.modules["catalogue.search.whoosh.segments"]
    monkeypatch.setattr(segments, "POSTINGS_KEPT_PER_DOCUMENT", -2_000)
    index = WhooshIndex(folder)
    expected = [hit.id for hit in index.search(Query("阳极 阴极 电解", access=EVERYONE)).hits]
    for _ in range(3):
        assert [hit.id for hit in index.search(Query("阳极 阴极 电解", access=EVERYONE)).hits] == expected
    view = index._latest
    assert view is not None
    assert all(len(segment._kept) < 3 for segment in view.segments)


def test_threads_share_what_was_read(folder: Path) -> None:
    index = WhooshIndex(folder)
    views = []

    def look() -> None:
        assert total(index) == 5
        views.append(index._ask(lambda opened: opened.view))
        index.close()

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(views) == 6
    assert len({id(view) for view in views}) == 1


def test_memory_ends_with_the_commit(folder: Path) -> None:
    index = WhooshIndex(folder)
    total(index)
    for number in range(6):
        index.apply([IndexChange(number, None)])
        total(index)
    assert len(index._views) == 1


def test_searching_is_fast_enough_to_notice_when_it_is_not(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    index.rebuild((document(n, f"电解槽{n}号扩容试验", year=1990 + n % 17) for n in range(2_000)), "")
    query = Query("扩容 试验", access=EVERYONE)
    assert index.search(query).total == 2_000
    assert quickest(lambda: index.search(query)) < 0.2


def test_the_writer_keeps_postings_in_order() -> None:
    pool = whoosh_writer._PostingPool()
    pool.add_document("text", 0, {"b": 1, "a": 2})
    pool.add_document("key", 0, {"z": 1})
    pool.add_document("text", 3, {"a": 1})
    assert [(field, term, list(documents)) for field, term, documents in pool.iter_postings()] == [
        ("key", "z", [0]),
        ("text", "a", [0, 0, 3]),
        ("text", "b", [0]),
    ]
