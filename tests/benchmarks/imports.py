"""Ten thousand rows with five hundred bad ones: time and memory of trying and of applying them.

Run it as ``python -m tests.benchmarks.imports``.
"""

import io
import resource
import sys
import tempfile
import time
from pathlib import Path

from xlsxwriter import Workbook

from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.database import db
from catalogue.exchange.batches import apply, dry_run, new_batch, sources_of
from catalogue.exchange.plan import cell_name
from tests.catalogues import empty_catalogue, put, work, writing

HEADINGS = ("项目名称", "完成时间", "项目状态", "单位", "完成人", "摘要", "关键词", "重大项目")
FAULTS = {  # column: a cell that nothing can be made of
    0: "",
    1: "2004-13-45",
    2: "不知道",
    3: "没有这个学部",
    4: "某人(Z9999)",
    6: "长" * 101,  # a keyword of more than fits
    7: "也许",
}
ABSTRACT = "针对系列电流强化后阳极电流密度升高的情况，加大阳极尺寸，调整极距与出铝制度，电流效率提高。" * 4


def rows(number: int, bad: int) -> tuple[list[tuple[str, ...]], set[str]]:
    """So many rows of projects, some of them with a fault; and the cells of the faults."""
    every, made, cells = number // bad if bad else number + 1, [], set()
    columns = list(FAULTS)
    for place in range(number):
        row = [f"第{place:05}号槽阳极改造试验", f"{1988 + place % 19}-{1 + place % 12:02}", "completed", "电解学部",
               "张三(A1)", ABSTRACT, f"阳极;改造{place % 50}", "no"]  # fmt: skip
        if bad and place % every == 0:
            column = columns[place // every % len(columns)]
            row[column] = FAULTS[column]
            cells.add(cell_name(column, place + 2))
        made.append(tuple(row))
    return made, cells


def workbook(made: list[tuple[str, ...]]) -> bytes:
    """The rows as a workbook."""
    file = io.BytesIO()
    with Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("科技项目")
        for number, cells in enumerate((HEADINGS, *made)):
            for place, text in enumerate(cells):
                sheet.write_string(number, place, text)
    return file.getvalue()


def prepare() -> None:
    """What the rows refer to."""
    put("divisions", code="D1", name="电解学部")
    put("people", staff_number="A1", name="张三")


def main(number: int = 10_000, bad: int = 500) -> int:
    """Print the figures; 1 where they are not good enough."""
    made, cells = rows(number, bad)
    content = workbook(made)
    with tempfile.TemporaryDirectory() as folder, empty_catalogue(Path(folder)).app_context():
        prepare()
        times = {}
        started = time.perf_counter()
        sources = sources_of(db.session(), content, "项目.xlsx", {})
        times["read"] = time.perf_counter() - started
        plan = dry_run(work("import"), sources)
        times["read and tried"] = time.perf_counter() - started
        named = {cell_name(each.column, row.number) for row in plan.rows for each in row.problems}
        started = time.perf_counter()
        with writing():
            apply(work("import"), new_batch(COMMAND_LINE, "项目.xlsx", "", {}), sources, partial=True)
        times["applied and indexed"] = time.perf_counter() - started
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        for name, seconds in times.items():
            print(f"{name}: {seconds:.1f} s")
        print(f"{plan.counts}; faults named exactly: {named == cells}; memory: {memory:.0f} MiB")
        db.session.remove()
    return int(named != cells or times["read and tried"] > 60 or memory > 300)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
