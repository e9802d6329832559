"""How fast pages answer over a large catalogue: `python -m tests.benchmarks.pages FOLDER` (see `scale`).

Each page is asked for through the whole application, in process, by one reader; the addresses of a kind vary, so that
no answer is only a repeated one. Prints a table for docs/performance.md.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from catalogue.app import create_app
from catalogue.config import load
from tests.benchmarks.relevance import percentile

WORDS = [
    "预焙槽",
    "阳极",
    "阴极炭块",
    "电解槽",
    "电流效率",
    "烟气净化",
    "节能",
    "铸轧",
    "整流",
    "氧化铝",
    "检测",
    "焙烧",
    "自动化",
    "母线",
    "除尘",
    "混捏",
    "煅烧",
    "变压器",
]
KINDS = ("projects", "awards", "patents", "papers", "proposals", "achievements")
REQUESTS = 60


def addresses(chance: random.Random) -> dict[str, Callable[[], str]]:
    """For each kind of page, something that makes an address."""
    return {
        "home": lambda: "/",
        "search, one word": lambda: f"/search?q={chance.choice(WORDS)}",
        "search, two words": lambda: f"/search?q={'+'.join(chance.sample(WORDS, 2))}",
        "search, two words, facets": lambda: (
            f"/search?q={'+'.join(chance.sample(WORDS, 2))}&kind=project&kind=patent"
            f"&year_from={chance.randint(1990, 2000)}"
        ),
        "browse": lambda: f"/{chance.choice(KINDS)}?page={chance.randint(1, 20)}",
        "record": lambda: f"/records/XM-2002-G{chance.randint(0, 150)}",
        "award tally": lambda: f"/tallies/awards?year_from={chance.randint(1985, 1999)}",
        "patent tally": lambda: f"/tallies/patents?year_from={chance.randint(1985, 1999)}",
        "benefit tally": lambda: f"/tallies/benefits?year_from={chance.randint(1985, 1999)}",
        "records behind a figure": lambda: f"/tallies/awards/records?year={chance.randint(1990, 2006)}",
        "summary": lambda: f"/reports/summary?as_of={chance.randint(1995, 2006)}-12-31",
        "API search": lambda: f"/api/v1/search?q={'+'.join(chance.sample(WORDS, 2))}",
    }


def measure(folder: Path) -> None:
    """Print the table."""
    client = create_app(load({}, data=folder)).test_client()
    print("| page | median ms | p95 ms | slowest ms |\n|---|---:|---:|---:|")
    for name, make in addresses(random.Random(7)).items():
        times = []
        for number in range(REQUESTS + 3):
            address = make()
            started = time.perf_counter()
            answer = client.get(address)
            if number >= 3:
                times.append((time.perf_counter() - started) * 1000)
            if answer.status_code not in {200, 404} or (answer.status_code == 404 and name != "record"):
                raise SystemExit(f"{address}: {answer.status}")
        print(f"| {name} | {statistics.median(times):.0f} | {percentile(times, 95):.0f} | {max(times):.0f} |")


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
