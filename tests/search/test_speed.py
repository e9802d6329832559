"""What makes the index fast, held by counting work rather than seconds where that can be done."""

from pathlib import Path

import pytest
from whoosh import index as whoosh_folder

from catalogue.search.interface import Query
from catalogue.search.text import pinyin
from catalogue.search.whoosh import schema
from catalogue.search.whoosh.index import WhooshIndex
from catalogue.search.whoosh.writer import BLOCK, Writer
from tests.support.timing import quickest

from .contract import document


def test_postings_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    """Terms of one document share their postings, long ones have several blocks, and frequencies stay."""
    having = {
        "a": dict.fromkeys(range(5 * BLOCK), 1),
        "b": {number: 1 + number % 3 for number in range(0, 5 * BLOCK, 2)},
        "c": {7: 1},
        "d": {7: 1},
        "e": {7: 2},
        "f": dict.fromkeys(range(BLOCK), 2),
        "g": {0: 1, 5 * BLOCK - 1: 1},
    }
    folder = whoosh_folder.create_in(str(tmp_path), schema.schema())
    writer = Writer(folder)
    for number in range(5 * BLOCK):
        terms = {term: weights[number] for term, weights in having.items() if number in weights}
        writer.add_document(term=terms, id=number)
    writer.commit()
    reader = folder.reader()
    for term, weights in having.items():
        matcher = reader.postings("term", term)
        read = {}
        while matcher.is_active():
            read[matcher.id()] = matcher.weight()
            matcher.next()
        assert read == weights
        assert reader.term_info("term", term).doc_frequency() == len(weights)
        assert reader.term_info("term", term).weight() == sum(weights.values())
    reader.close()


def test_a_word_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pinyin._sounds_of.cache_clear()
    pinyin._readings.cache_clear()
    asked: list[str] = []
    real = pinyin.pinyin
    monkeypatch.setattr(pinyin, "pinyin", lambda words, **how: asked.extend(words) or real(words, **how))
    for number in range(50):
        assert pinyin.sounds([f"电解槽第{number}号扩容"])
    assert len(asked) == len(set(asked))
    pinyin._readings.cache_clear()
    pinyin._sounds_of.cache_clear()


def test_building_is_fast_enough_to_notice_when_it_is_not(tmp_path: Path) -> None:
    """A tenth of what is measured: only a change of kind is to fail here."""
    index = WhooshIndex(tmp_path)
    title, abstract = "预焙电解槽{}号阳极焙烧炉烟气净化试验", "电流效率" * 40
    made = [document(number, title.format(number), abstract=abstract) for number in range(600)]
    assert quickest(lambda: index.rebuild(made, ""), 2) < 10
    assert index.search(Query("阳极焙烧", access=None)).total == 600
    index.close()
