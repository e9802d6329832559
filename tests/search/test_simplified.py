"""Traditional characters become simplified ones exactly as OpenCC has it, and without OpenCC."""

import csv
import hashlib
import unicodedata
from pathlib import Path

import pytest

import catalogue
from catalogue.search.text import analysis
from catalogue.search.text.simplified import TABLE, simplified

LINES = TABLE.read_text("utf-8").splitlines(keepends=True)


def test_simplified() -> None:
    assert simplified("預焙電解槽擴容試驗，160kA；臺灣鋁業") == "预焙电解槽扩容试验，160kA；台湾铝业"
    assert simplified("乾坤") == "干坤"  # whatever stands beside it: a word folds the same in every text


def test_one_character_for_one() -> None:
    pairs = [line.rstrip("\n").split("\t") for line in LINES if not line.startswith("#")]
    assert {(len(traditional), len(simple)) for traditional, simple in pairs} == {(1, 1)}


def test_the_table_names_its_source_and_licence() -> None:
    header = " ".join(line.strip("# \n") for line in LINES if line.startswith("#"))
    assert "Generated from OpenCC 1." in header
    assert "Apache License 2.0 (LICENSES/OpenCC.txt)" in header


def test_another_table_is_another_version_of_the_analysis() -> None:
    """An index keeps folded terms: whoever changes the table raises analysis.VERSION, and then this line."""
    pairs = "".join(line for line in LINES if not line.startswith("#"))
    version = analysis.VERSION.partition("-")[0]
    assert (version, hashlib.sha256(pairs.encode()).hexdigest()[:16]) == ("2", "65273619ab0b5aa2")


def test_the_table_is_the_one_that_opencc_gives() -> None:
    pytest.importorskip("opencc", reason="OpenCC has no wheel for this system")
    from tools.simplified_table import table

    assert "".join(LINES) == table()


def test_what_unicode_makes_words_of_is_the_same_as_well() -> None:
    """㍿ becomes 株式会社 before it is simplified, and a word OpenCC might convert otherwise than its characters."""
    pytest.importorskip("opencc", reason="OpenCC has no wheel for this system")
    from tools.simplified_table import CHARACTERS, convert_each

    forms = {unicodedata.normalize("NFKC", character).casefold() for character in CHARACTERS}
    words = [form for form in forms if len(form) > 1]
    assert list(map(simplified, words)) == convert_each(words)


def test_the_same_as_opencc_for_the_demonstration_data() -> None:
    """Its texts as they are, and in traditional characters."""
    opencc = pytest.importorskip("opencc", reason="OpenCC has no wheel for this system")
    from tools.simplified_table import convert_each

    texts: set[str] = set()
    for path in (Path(catalogue.__file__).parent / "demo").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            texts.update(cell for row in csv.reader(lines) for cell in row)
    written = "".join(sorted(texts))
    for text in (written, opencc.OpenCC("s2t").convert(written)):
        assert list(simplified(text)) == convert_each(text.replace("\n", " ")), "a character"
