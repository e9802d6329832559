"""Latin letters for Chinese: whole syllables and initials, of titles, people and divisions."""

from pathlib import Path

import pytest
from flask import Flask
from pypinyin import Style, lazy_pinyin
from sqlalchemy import select

from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.database import db
from catalogue.records.models.records import Record
from catalogue.search.current import current_index
from catalogue.search.interface import Query
from catalogue.search.text import pinyin
from catalogue.search.whoosh.index import WhooshIndex
from tests.support.timing import computing_less_than

from .contract import EVERYONE, INSIDERS, document

DOCUMENTS = (
    document(1, "160kA预焙电解槽扩容试验", people=("张三",), divisions=("电解一厂",)),
    document(2, "氧化铝输送", people=("单长乐",), abstract="DJC is a name here."),
    document(3, "电解质成分检测", access=("internal",)),
    document(4, "电解槽"),
)


@pytest.fixture
def index(tmp_path: Path):  # type: ignore[no-untyped-def]
    index = WhooshIndex(tmp_path)
    index.rebuild(DOCUMENTS, "")
    yield index
    index.close()


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("dianjiecao", [4, 1]),
        ("DianJieCao", [4, 1]),
        ("dian jie cao", [4, 1]),
        ("zhangsan", [1]),
        ("zs", [1]),
        ("djyc", [1]),
        ("yhlss", [2]),
        ("yanghualv", [2]),
        ("yanghualü", [2]),
        ("shanchangle", [2]),
        ("danchangle", [2]),
        ("kuorong zhangsan", [1]),
        ("160kayubei", [1]),
        ("160kaybdjckrsy", [1]),
        ("dianjiezhi", [3]),
        ("anjie", []),  # from the middle of a syllable
        ("dianjieca", []),
        ("d", []),
    ],
)
def test_what_sounds_so(index: WhooshIndex, text: str, ids: list[int]) -> None:
    results = index.search(Query(text, access=INSIDERS))
    assert [hit.id for hit in results.hits] == ids
    assert results.match == ("pinyin" if ids else "nothing")


def test_only_where_the_text_has_nothing(index: WhooshIndex) -> None:
    results = index.search(Query("djc", access=INSIDERS))
    assert ([hit.id for hit in results.hits], results.match) == ([2], "all")
    assert index.search(Query("djc 槽", access=INSIDERS)).match != "pinyin"


def test_what_a_reader_may_not_see_is_not_heard(index: WhooshIndex) -> None:
    assert index.search(Query("dianjiezhi", access=EVERYONE)).total == 0
    assert index.search(Query("dianjiecao -电解一厂", access=INSIDERS)).total == 1


def test_versions_are_bounded() -> None:
    assert len(pinyin.sounds(["重行长乐单" * 16]).split("\x1e")) < 3 * pinyin.MOST_VERSIONS + 3
    assert pinyin.sounds([]) == ""
    assert pinyin.sounds(["，。*"]) == ""


def test_initials_of_titles_find_their_records(app: Flask) -> None:
    with app.app_context():
        titles = db.session.execute(select(Record.id, Record.title)).all()
        index, found = current_index(), 0
        for id, title in titles:
            initials = "".join(lazy_pinyin(title, style=Style.FIRST_LETTER))
            found += id in {hit.id for hit in index.search(Query(initials, limit=10, access=COMMAND_LINE.access)).hits}
    print(f"recall@10 {found / len(titles):.4f} of {len(titles)} titles")
    assert found / len(titles) >= 0.95


@pytest.mark.parametrize(
    ("typed", "spells"),
    [
        *((typed, True) for typed in ("z", "zh", "zhangw", "zweif", "zhwf", "zwf", "zhangweifang", "zhangweif")),
        *((typed, False) for typed in ("w", "zf", "zhangf", "zhangweifangx", "angwei", "zhwfa1")),
    ],
)
def test_a_key_spells_a_name_as_input_methods_read_it(typed: str, spells: bool) -> None:
    assert pinyin.spells(pinyin.sounds(["张伟芳"]).encode(), typed.encode()) is spells


def test_what_spells_badly_is_soon_given_up() -> None:
    """Where a syllable may be read in two ways, all ways together are gone once, not each of them."""
    sounded = b"\x1e" + b"NaAnNan" * 40 + b"\x1e"
    with computing_less_than(1):
        assert not pinyin.spells(sounded, b"na" * 70 + b"x")
