"""Queries of the trade: what an engineer would type, and whether a record that answers it comes first."""

from pathlib import Path

from flask import Flask
from sqlalchemy import select

from catalogue.accounts.permissions import COMMAND_LINE
from catalogue.database import db
from catalogue.records.models.records import Record
from catalogue.search.current import current_index
from catalogue.search.interface import Query

TABLE = Path(__file__).with_name("queries.tsv")


def queries() -> list[tuple[str, set[str]]]:
    """The queries with the codes of the records that answer them."""
    lines = TABLE.read_text("utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(text, set(codes.split(";"))) for text, codes in pairs]


def test_what_is_wanted_comes_first(app: Flask) -> None:
    wanted = queries()
    assert len(wanted) >= 100
    gained, late = 0.0, []
    with app.app_context():
        code_of = {row.id: row.code for row in db.session.execute(select(Record.id, Record.code))}
        assert set().union(*(codes for _, codes in wanted)) <= set(code_of.values())
        for text, codes in wanted:
            hits = current_index().search(Query(text, limit=10, access=COMMAND_LINE.access)).hits
            found = [code_of[hit.id] for hit in hits]
            rank = next((rank for rank, code in enumerate(found, 1) if code in codes), 0)
            gained += 1 / rank if rank else 0
            if rank != 1:
                late.append(f"{text}: {rank or 'not found'}; first {found[:2]}, wanted {sorted(codes)}")
    assert gained / len(wanted) >= 0.95, "\n".join(late)
    print(f"MRR@10 {gained / len(wanted):.4f} of {len(wanted)} queries", *late, sep="\n")
