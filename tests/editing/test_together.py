"""Many people who save at the same moment, each another record: nobody is refused, and everything is found."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from catalogue.database import db
from catalogue.records.history.hash_chain import check_seals
from catalogue.search.current import current_index, current_sync
from catalogue.search.interface import Query
from tests.editing.pages import send
from tests.support.accounts import signed_in
from tests.support.catalogues import empty_catalogue, project

PEOPLE = 40
WORD = "电流效率提高百分之三"


@pytest.mark.slow
def test_many_save_at_once(tmp_path: Path) -> None:
    app = empty_catalogue(tmp_path, threads=PEOPLE)
    with app.app_context():
        for number in range(PEOPLE):
            project(f"XM-{number}", title=f"第{number}号电解槽试验")
        db.session.remove()
    browsers = [signed_in(app, "reviewer", f"reviewer{number}") for number in range(PEOPLE)]
    ready = threading.Barrier(PEOPLE)

    def save(number: int) -> int:
        ready.wait()
        return send(browsers[number], f"/records/XM-{number}/edit", abstract=f"{WORD}，第{number}槽。").status_code

    with ThreadPoolExecutor(PEOPLE) as pool:
        assert Counter(pool.map(save, range(PEOPLE))) == {303: PEOPLE}
    with app.app_context():
        assert current_index().search(Query(text=WORD, access=None)).total == PEOPLE
        found = check_seals(db.session())
        assert not found.broken
        assert not current_sync().check()
