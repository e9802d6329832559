"""How fast the index is built and answers: `python -m tests.benchmarks.search_speed [FILE.jsonl] [COUNT]`.

Makes COUNT records (50,000 unless told) by putting the sentences of real ones together anew, always the same for the
same file. Without a file, the texts of the catalogue's own demonstration data are taken. A cold search meets words
whose postings are not in memory yet; a warm one repeats it.
"""

import csv
import random
import re
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import catalogue
from catalogue.search.interface import Document, IndexChange, Query
from catalogue.search.whoosh.index import WhooshIndex

from .relevance import load, percentile

KINDS = ("project", "achievement", "award", "patent", "paper", "proposal")
SEARCHES = 300


def texts(path: Path | None) -> list[tuple[str, str]]:
    """Pairs of title and abstract: of the file, or else of the demonstration data."""
    if path:
        return [(record["title"], record["abstract"]) for record in load(path)]
    found = []
    for table in sorted((Path(catalogue.__file__).parent / "demo").glob("*.csv")):
        with table.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                if row.get("title") and row.get("abstract"):
                    found.append((row["title"], row["abstract"]))
    return found


def synthetic(source: list[tuple[str, str]], count: int) -> Iterator[Document]:
    """So many records with titles, abstracts of some 300 characters, and labels spread as in a real catalogue."""
    chance = random.Random(7)
    sentences = [s for _, abstract in source for s in re.split(r"[。.；]", abstract) if len(s) > 10]
    halves = [(title[: len(title) // 2], title[len(title) // 2 :]) for title, _ in source]
    for number in range(count):
        abstract = ""
        while len(abstract) < 280:
            abstract += chance.choice(sentences) + "。"
        year = chance.randint(1985, 2006)
        yield Document(
            id=number + 1,
            code=f"XM-{year}-{number:05}",
            title=chance.choice(halves)[0] + chance.choice(halves)[1],
            abstract=abstract,
            year=year,
            sort_date=f"{year}-{chance.randint(1, 12):02}-28",
            facets={
                "kind": (chance.choice(KINDS),),
                "division": tuple({f"division-{chance.randint(1, 12)}" for _ in range(chance.randint(1, 2))}),
                "patent_type": (chance.choice(("invention", "utility_model", "design")),),
                "award_level": (chance.choice(("national", "industry", "company")),),
            },
            access=("public" if chance.random() < 0.9 else "internal",),
            digest=f"{number:x}",
        )


def queries(source: list[tuple[str, str]]) -> Iterator[str]:
    """Two pieces of two to four characters, out of the sentences of one text."""
    chance = random.Random(11)
    while True:
        runs = re.findall(r"[一-鿿]{4,}", "".join(chance.choice(source)))
        if len(runs) > 1:
            pieces = []
            for run in chance.sample(runs, 2):
                length = chance.randint(2, 4)
                start = chance.randint(0, len(run) - length)
                pieces.append(run[start : start + length])
            yield " ".join(pieces)


def memory() -> float:
    """The most memory that the process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show(name: str, times: list[float]) -> None:
    if times:
        figures = f"median {median(times):7.1f}  p99 {percentile(times, 0.99):7.1f}  worst {max(times):7.1f}"
        print(f"{name:34} {len(times):4} searches  ms: {figures}")


def main(path: Path | None, count: int) -> None:
    source = texts(path)
    if not source:
        sys.exit("skipped: there are no texts to make records of")
    with tempfile.TemporaryDirectory() as folder:
        index = WhooshIndex(Path(folder))
        made = list(synthetic(source, count))
        before = memory()
        started = time.perf_counter()
        index.rebuild(made, "2006-12-31")
        rate = count / (time.perf_counter() - started)
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()) / 1e6
        print(f"built {count} records, {rate:.0f} a second; {size:.0f} MB on disk; memory +{memory() - before:.0f} MB")
        del made
        seen = frozenset({"public"})
        started = time.perf_counter()
        index.search(Query("", access=seen))
        print(f"first look (reads the columns) {(time.perf_counter() - started) * 1000:.0f} ms")
        cold: dict[str, list[float]] = {"all": [], "most": [], "any": [], "nothing": []}
        warm: dict[str, list[float]] = {match: [] for match in cold}
        narrowed: list[float] = []
        bare: list[float] = []
        for _, text in zip(range(SEARCHES), queries(source), strict=False):
            query = Query(text, access=seen)
            for times in (cold, warm):
                started = time.perf_counter()
                match = index.search(query).match
                times[match].append((time.perf_counter() - started) * 1000)
            for query, kept in (
                (Query(text, access=seen, filters={"kind": ("patent",)}, year_from=1995), narrowed),
                (Query(text, access=seen, with_facets=False), bare),
            ):
                started = time.perf_counter()
                index.search(query)
                kept.append((time.perf_counter() - started) * 1000)
        for match, times in cold.items():
            show(f"{match} words, cold, with facets", times)
            show(f"{match} words, warm, with facets", warm[match])
        show("all of them, cold, with facets", [time for times in cold.values() for time in times])
        show("warm, with facets and filters", narrowed)
        show("warm, without facets", bare)
        print(f"most memory of the process, the made records included: {memory():.0f} MB")
        commits = []
        for number, document in enumerate(synthetic(source, 40)):
            started = time.perf_counter()
            index.apply([IndexChange(number * 7 + 1, document)])
            commits.append((time.perf_counter() - started) * 1000)
        show("one change applied", commits)
        started = time.perf_counter()
        index.search(Query(next(queries(source)), access=seen))
        print(f"first search after a change {(time.perf_counter() - started) * 1000:.0f} ms")
        index.close()


def from_command_line(arguments: list[str]) -> tuple[Path | None, int]:
    """The file of texts, if one is named, and the number of records, 50,000 unless another one is."""
    file = next((Path(argument) for argument in arguments if Path(argument).is_file()), None)
    return file, next((int(argument) for argument in arguments if argument.isdigit()), 50_000)


if __name__ == "__main__":
    main(*from_command_line(sys.argv[1:]))
