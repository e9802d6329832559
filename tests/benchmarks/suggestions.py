"""What is suggested while somebody types: `python -m tests.benchmarks.suggestions [FILE.jsonl] [COUNT]`.

Types the first one to six characters of titles, people, keywords and numbers, and of the pinyin of the first three.
"""

import random
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from pypinyin import lazy_pinyin

from catalogue.records.numbers import check_character, index_keys
from catalogue.search.interface import Document
from catalogue.search.whoosh.index import WhooshIndex

from .search_speed import from_command_line, memory, synthetic, texts
from .tables import FIGURES, figures, milliseconds, show

SEEN = frozenset({"public"})
LONGEST = 6
EACH = 20  # of each kind and length
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂文辉玲志建国海荣新华永红春生长乐"
_DIVISIONS = ("电解一厂", "电解二厂", "阳极分厂", "铸造分厂", "动力分厂", "技术中心", "检修公司", "计量中心")


def with_names(documents: Iterable[Document]) -> Iterator[Document]:
    """The documents with three people, a division, four keywords and a patent's number each."""
    chance = random.Random(17)
    people = [chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=chance.randint(1, 2))) for _ in range(3_000)]
    for number, document in enumerate(documents):
        digits = f"20301{number:07}"
        clauses = re.findall(r"[一-鿿]{3,}", document.abstract)
        yield replace(
            document,
            people=tuple(chance.sample(people, 3)),
            divisions=(chance.choice(_DIVISIONS),),
            keywords=tuple(clause[: chance.randint(3, 6)] for clause in chance.sample(clauses, min(4, len(clauses)))),
            numbers=index_keys([document.code, f"{digits}.{check_character(digits)}"]),
        )


def prefixes(documents: list[Document]) -> Iterator[tuple[str, str]]:
    """Pairs of what a text is and its beginning."""
    chance = random.Random(19)
    for length in range(1, LONGEST + 1):
        for document in chance.sample(documents, min(EACH, len(documents))):
            chinese = {
                "titles": document.title,
                "people": chance.choice(document.people),
                "keywords": chance.choice(document.keywords or (document.title,)),
            }
            for kind, text in chinese.items():
                yield kind, text[:length]
                yield f"{kind}, pinyin", "".join(lazy_pinyin(text))[:length]
                yield f"{kind}, initials", "".join(each[:1] for each in lazy_pinyin(text))[:length]
            yield "numbers", chance.choice(document.numbers)[:length]


def measure(index: WhooshIndex, documents: list[Document]) -> None:
    """Print the table."""
    first = milliseconds(lambda: index.suggest("电", SEEN))
    times: dict[str, list[float]] = {}
    for kind, typed in prefixes(documents):
        times.setdefault(kind, []).append(milliseconds(lambda typed=typed: index.suggest(typed, SEEN)))  # type: ignore[misc]
    rows = [(kind, *figures(each)) for kind, each in times.items()]
    rows.append(("all", *figures([time for each in times.values() for time in each])))
    show(("beginnings of", *FIGURES), rows)
    print(f"The first suggestion of a process takes {first:.0f} ms; most memory so far {memory():.0f} MB.\n")


def main(path: Path | None, count: int) -> None:
    documents = list(with_names(synthetic(texts(path), count)))
    with tempfile.TemporaryDirectory() as folder:
        index = WhooshIndex(Path(folder))
        index.rebuild(documents, "2006-12-31")
        measure(index, documents)
        index.close()


if __name__ == "__main__":
    main(*from_command_line(sys.argv[1:]))
