"""What differs between two texts: nothing is lost, little is marked, and no text takes long."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.records.schema.text_diff import items, prose

WORDS = st.text(alphabet="阳极电解槽。；\nab1 ", max_size=60)


def sides(pieces: tuple) -> tuple[str, str]:
    """The two texts that pieces were made of."""
    return (
        "".join(text for mark, text in pieces if mark != "new"),
        "".join(text for mark, text in pieces if mark != "old"),
    )


@settings(max_examples=200)
@given(WORDS, WORDS)
def test_nothing_is_lost(old: str, new: str) -> None:
    assert sides(prose(old, new)) == (old, new)
    assert sides(items(list(old), list(new))) == (old, new)


def test_only_what_differs_is_marked() -> None:
    assert prose("系列电流由160kA提高。", "系列电流由160kA提高到180kA。") == (
        ("same", "系列电流由160kA提高"),
        ("new", "到180kA"),
        ("same", "。"),
    )
    assert prose("160kA", "180kA") == (("old", "160kA"), ("new", "180kA"))
    assert prose("", "甲") == (("new", "甲"),)
    assert prose("甲", "") == (("old", "甲"),)
    assert prose("甲", "甲") == (("same", "甲"),)


def test_a_single_sign_between_two_changes_is_not_told_apart() -> None:
    assert prose("加大阳极尺寸", "改变极化方式") == (("old", "加大阳极尺寸"), ("new", "改变极化方式"))


def test_listed_things_keep_whole() -> None:
    assert items(["张三(A1)", "李四(A2)"], ["李四(A2)", "张三(A1)"]) == (
        ("new", "李四(A2)"),
        ("same", "张三(A1)"),
        ("old", "李四(A2)"),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("阳极" * 10_000, "极阳" * 9_999),
        ("。" * 20_000, "；" * 20_000),
        ("".join(chr(0x4E00 + place % 3000) for place in range(20_000)), "电" * 20_000),
        ("甲。" * 10_000, "乙。" * 10_000),
        (
            "".join("甲乙"[place * place % 7 % 2] for place in range(630)),
            "".join("甲乙"[place % 3 % 2] for place in range(630)),
        ),
        ("甲乙" * 480 + "。" + "丙" * 900, "乙甲" * 480 + "。" + "丁" * 900),
    ],
)
def test_the_longest_texts_take_no_time(old: str, new: str) -> None:
    started = time.process_time()
    assert sides(prose(old, new)) == (old, new)
    assert time.process_time() - started < 2
