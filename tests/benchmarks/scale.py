"""A large catalogue for benchmarks: `python -m tests.benchmarks.scale FOLDER [COUNT]`.

Copies the demonstration records, with sentences and title halves put together anew, until there are COUNT records
(50,000 unless told). Rows go straight into the tables: this makes something to measure, it is no way to enter data.
"""

import random
import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

from catalogue.database import Base, db, writing
from catalogue.records.history.models import IndexQueueEntry
from catalogue.records.numbers import check_character
from catalogue.search.current import current_sync
from tests.support.catalogues import demo_catalogue

_SATELLITES = ("record_keyword", "contribution", "participation", "patent_event")
_UNIQUE = ("registration_number", "certificate_number", "publication_number", "grant_number")


def grow(folder: Path, count: int) -> None:
    """Make a demonstration catalogue of `count` records in an empty folder, indexed."""
    app = demo_catalogue(folder)
    chance = random.Random(7)
    tables = Base.metadata.tables
    with app.app_context():
        started = time.perf_counter()
        rows = {
            name: [dict(row) for row in db.session.execute(select(table)).mappings()] for name, table in tables.items()
        }
        originals = rows["record"]
        sentences = [part for row in originals for part in row["abstract"].split("。") if len(part) > 8]
        kinds = sorted({row["kind"] for row in originals})
        own = {kind: {row["id"]: row for row in rows[kind]} for kind in kinds}
        satellites = {name: _by_owner(rows[name]) for name in _SATELLITES}
        shares = _by_owner(rows["benefit_share"])
        benefits = {row["id"]: row for row in rows["benefit"]}
        new: dict[str, list[dict[str, Any]]] = {name: [] for name in tables}
        next_id = max(row["id"] for row in originals)
        next_benefit = max(benefits)
        for number in range(count - len(originals)):
            original = originals[number % len(originals)]
            next_id += 1
            other = chance.choice(originals)["title"]
            title = original["title"]
            abstract = "。".join(chance.sample(sentences, 5)) + "。"
            code = f"{original['code'].rpartition('-')[0]}-G{number}"
            new["record"].append(
                {**original, "id": next_id, "code": code, "abstract": abstract,
                 "title": title[: len(title) // 2] + other[len(other) // 2 :]}
            )  # fmt: skip
            detail = {**own[original["kind"]][original["id"]], "id": next_id}
            for column in _UNIQUE:
                if detail.get(column):
                    detail[column] = f"{detail[column][:4]}{number:08}"
            if "application_number" in detail:
                digits = f"2030{1 if detail['patent_type'] == 'invention' else 2}{number:07}"
                detail["application_number"] = f"{digits}.{check_character(digits)}"
            new[original["kind"]].append(detail)
            for name in _SATELLITES:
                owner = "patent_id" if name == "patent_event" else "record_id"
                new[name].extend({**row, owner: next_id} for row in satellites[name].get(original["id"], ()))
            for share in shares.get(original["id"], ())[:1]:
                next_benefit += 1
                benefit = benefits[share["benefit_id"]]
                new["benefit"].append({**benefit, "id": next_benefit, "code": f"XY-G{next_benefit}"})
                new["benefit_share"].append({**share, "benefit_id": next_benefit, "record_id": next_id})
        with writing(db.session):
            for table in Base.metadata.sorted_tables:
                if new[table.name]:
                    db.session.execute(insert(table), new[table.name])
            db.session.execute(delete(IndexQueueEntry))
        print(f"{count} records stored in {time.perf_counter() - started:.1f} s")
        started = time.perf_counter()
        indexed = current_sync().rebuild()
        taken = time.perf_counter() - started
        print(f"{indexed} records indexed in {taken:.1f} s, {indexed / taken:.0f} a second")
        db.session.remove()


def _by_owner(rows: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    owned: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        owned.setdefault(row.get("record_id", row.get("patent_id", 0)), []).append(row)
    return owned


if __name__ == "__main__":
    grow(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 50_000)
