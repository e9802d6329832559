"""Ten thousand rows in four sheets with five hundred bad ones of every sort: time and memory of trying them, of
applying them, and of taking all of it back.

Run it as ``python -m tests.benchmarks.imports [ROWS] [BAD ROWS]``.
"""

import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from xlsxwriter import Workbook

from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.database import db
from catalogue.imports.batches import (
    apply,
    dry_run,
    new_batch,
    sources_of,
)
from catalogue.imports.labels import place as place_of
from catalogue.imports.plan import Plan, Source
from catalogue.imports.undo import undo
from tests.support.catalogues import empty_catalogue, put, work, writing

Cells = list[str]
Spoil = str | Callable[[list[Cells], int], str]
ABSTRACT = "针对系列电流强化后阳极电流密度升高的情况，加大阳极尺寸，调整极距与出铝制度，电流效率提高。" * 4
MONEY = ("540万元", "约1.2亿元", "3,000元", "二十余万元", "8.5", "30多万元")


def application_number(place: int) -> str:
    """A number with its right check character."""
    digits = f"{2004 + place % 15}1{place:07}"
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return f"{digits}.{'0123456789X'[total % 11]}"


def wrong_number(_made: list[Cells], place: int) -> str:
    """A number of which the check character is another one."""
    number = application_number(place)
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def of_the_first(column: int) -> Spoil:
    """What the first row of the sheet says already."""
    return lambda made, _place: made[0][column]


@dataclass
class Sheet:
    """Rows of one kind. `faults` are pairs of a column and a cell that nothing can be made of, `doubles` those that
    make a row one that is there already; `share` is the part of all rows that it has. The cells and rows of what is bad
    are noted as the rows are made."""

    name: str
    headings: tuple[str, ...]
    good: Callable[[int], Cells]
    faults: tuple[tuple[int, Spoil], ...]
    share: float
    doubles: tuple[tuple[int, Spoil], ...] = ()
    made: list[Cells] = field(default_factory=list)
    cells: set[str] = field(default_factory=set)
    duplicates: set[str] = field(default_factory=set)

    def fill(self, number: int, faults: list[tuple[int, Spoil]]) -> None:
        """Make the rows, the faults spread among them."""
        every = number // len(faults) if faults else number + 1
        for place in range(number):
            self.made.append(self.good(place))
            if place % every == every - 1 and faults:
                column, spoil = faults.pop()
                self.made[-1][column] = spoil if isinstance(spoil, str) else spoil(self.made, place)
                if (column, spoil) in self.doubles:
                    self.duplicates.add(place_of(self.name, place + 2, None))
                else:
                    self.cells.add(place_of(self.name, place + 2, column))


def sheets(number: int, bad: int) -> list[Sheet]:
    """So many rows in all, so many of them bad."""
    projects = Sheet(
        "科技项目",
        ("项目名称", "完成时间", "项目状态", "单位", "完成人", "摘要", "关键词", "重大项目"),
        lambda place: [
            f"第{place:05}号槽阳极改造试验", f"{1988 + place % 19}-{1 + place % 12:02}", "completed", "电解学部",
            "张三(A1)", ABSTRACT, f"阳极;改造{place % 50}", "no",
        ],
        (
            (0, ""), (0, "长" * 301), (0, "#REF!"), (1, "2004-13-45"), (1, "05/06/2004"), (2, "不知道"),
            (3, "没有这个学部"), (4, "某人(Z9999)"), (4, "没人"), (4, "王五"), (4, "李四(A1)"), (6, "长" * 101),
            (7, "也许"),
        ),
        0.4,
    )  # fmt: skip
    patents = Sheet(
        "专利",
        ("专利名称", "申请日", "申请号", "专利类型", "发明人"),
        lambda place: [
            f"一种阳极钢爪保护环{place}", f"{2004 + place % 15}-06-{1 + place % 28:02}", application_number(place),
            "发明", "张三",
        ],
        ((0, ""), (1, "去年"), (1, "2006-02-30"), (2, wrong_number), (2, "12345"), (3, "商标"), (4, "没人")),
        0.2,
        doubles=((2, of_the_first(2)),),
    )  # fmt: skip
    awards = Sheet(
        "获奖",
        ("获奖项目名称", "获奖时间", "奖励名称", "获奖等级", "证书号", "获奖人"),
        lambda place: [
            f"第{place:05}号槽阳极改造",
            f"{1990 + place % 17}",
            "省科技进步奖",
            "二等奖",
            f"J-{place}",
            "张三",
        ],
        ((0, ""), (1, "某年"), (2, "诺贝尔奖"), (2, ""), (3, "九等奖"), (4, of_the_first(4)), (5, "张三、没人")),
        0.2,
    )
    benefits = Sheet(
        "经济效益",
        ("年度", "效益类别", "金额(万元)", "项目名称"),
        lambda place: [f"{1990 + place % 17}年", "节支", MONEY[place % len(MONEY)], projects.made[place % 3][0]],
        (
            (0, "去年"),
            (0, ""),
            (1, "开心"),
            (2, "若干"),
            (2, ""),
            (3, "没有这个项目"),
            (3, "第00001号槽阳极改造试验 120%"),
        ),
        0.2,
    )
    every = [projects, patents, awards, benefits]
    faults = [(sheet, fault) for sheet in every for fault in (*sheet.faults, *sheet.doubles)]
    chosen = [faults[place % len(faults)] for place in range(bad)]
    for sheet in every:
        sheet.fill(round(number * sheet.share), [fault for other, fault in chosen if other is sheet])
    return every


def workbook(made: Iterable[Sheet]) -> bytes:
    """The sheets as a workbook."""
    file = io.BytesIO()
    with Workbook(file, {"constant_memory": True}) as book:
        for each in made:
            sheet = book.add_worksheet(each.name)
            for number, cells in enumerate((each.headings, *each.made)):
                for place, text in enumerate(cells):
                    sheet.write_string(number, place, text)
    return file.getvalue()


def prepare() -> None:
    """What the rows refer to."""
    put("divisions", code="D1", name="电解学部")
    put("people", staff_number="A1", name="张三")
    put("people", staff_number="A2", name="王五")
    put("people", staff_number="A3", name="王五")
    put("award_schemes", code="S1", name="省科技进步奖", level="provincial_ministerial")


def named(sources: list[Source], plan: Plan) -> tuple[set[str], set[str]]:
    """The cells of which the plan says that they cannot be used, and the rows that it takes for duplicates."""
    names = [source.table.sheet for source in sources]
    cells = {place_of(names[row.source], row.number, each.column) for row in plan.rows for each in row.problems}
    return cells, {place_of(names[row.source], row.number, None) for row in plan.rows if row.outcome == "duplicate"}


def expected(made: Iterable[Sheet]) -> tuple[set[str], set[str]]:
    """What it should say."""
    return (
        {cell for sheet in made for cell in sheet.cells},
        {row for sheet in made for row in sheet.duplicates},
    )


def now() -> tuple[float, float]:
    """On the clock, and of the processor."""
    return time.perf_counter(), time.process_time()


def since(started: tuple[float, float]) -> tuple[float, float]:
    """Seconds since then."""
    return time.perf_counter() - started[0], time.process_time() - started[1]


def main(number: int = 10_000, bad: int = 500) -> int:
    """Print the figures; 1 where they are not good enough."""
    made = sheets(number, bad)
    content, faults = workbook(made), expected(made)
    with tempfile.TemporaryDirectory() as folder, empty_catalogue(Path(folder)).app_context():
        prepare()
        times: dict[str, tuple[float, float]] = {}
        started = now()
        sources = sources_of(db.session(), content, "台账.xlsx", {})
        times["read"] = since(started)
        plan = dry_run(work("import"), sources)
        times["read and tried"] = since(started)
        found = named(sources, plan) == faults
        batch = new_batch(COMMAND_LINE, "台账.xlsx", "", {})
        started = now()
        with writing():
            apply(work("import"), batch, sources, partial=True)
            times["applied"] = since(started)
        times["applied and indexed"] = since(started)
        started = now()
        with writing():
            undone = undo(work("import"), batch)
            times["undone"] = since(started)
        times["undone and out of the index"] = since(started)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        for name, (seconds, processor) in times.items():
            print(f"{name}: {seconds:.1f} s ({number / seconds:.0f} rows a second), {processor:.1f} s of the processor")
        print(f"{plan.counts}, {undone} undone; faults named exactly: {found}; memory: {memory:.0f} MiB")
        db.session.remove()
    return int(not found or max(times.values()) > (60,) or memory > 300)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
