"""How many people can save at once: `python -m tests.benchmarks.form_edits [PEOPLE]`.

A real server (waitress, as `catalogue serve`) is asked by as many browsers as there are people, all at once: each opens
the form of a record of its own, changes the abstract and sends it. Counted are the answers, their times, and the time
from the last answer until a search finds every change.
"""

import http.client
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from catalogue.cli.server import SWITCH_SECONDS
from catalogue.database import db
from catalogue.search.current import current_index
from catalogue.search.interface import Query
from tests.benchmarks.edits import serving
from tests.benchmarks.tables import show
from tests.editing.pages import controls
from tests.support.accounts import session_cookie
from tests.support.catalogues import empty_catalogue, project

PEOPLE = 200
_PATIENCE = 120
_WORD = "电流效率提高百分之三"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def measure(people: int = PEOPLE) -> int:
    """Print the figures; 1 where somebody was refused or something is not found within two seconds."""
    sys.setswitchinterval(SWITCH_SECONDS)  # as the server does
    with tempfile.TemporaryDirectory() as folder:
        app = empty_catalogue(Path(folder))
        with app.app_context():
            for number in range(people):
                project(f"XM-{number}", title=f"第{number}号电解槽试验")
            db.session.remove()
        cookies = [f"session={session_cookie(app, 'reviewer', f'reviewer{number}')}" for number in range(people)]
        ready = threading.Barrier(people)
        statuses: Counter[str] = Counter()
        times: dict[str, list[float]] = {"GET": [], "POST": []}
        with serving(app) as port:

            def ask(method: str, number: int, body: str = "") -> tuple[int, str, str]:
                started = time.perf_counter()
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
                headers = {"Cookie": cookies[number], **(_FORM if body else {})}
                connection.request(method, f"/records/XM-{number}/edit", body or None, headers)
                answer = connection.getresponse()
                content, fresh = answer.read().decode(), answer.headers.get("Set-Cookie", "").partition(";")[0]
                connection.close()
                statuses[f"{method} {answer.status}"] += 1
                times[method].append((time.perf_counter() - started) * 1000)
                return answer.status, content, fresh

            def save(number: int) -> None:
                ready.wait()
                _status, page, fresh = ask("GET", number)
                cookies[number] = fresh or cookies[number]  # it has the token of forms now
                typed = {**controls(page), "action": "save", "abstract": f"{_WORD}，第{number}槽。"}
                ask("POST", number, urlencode({name: text for name, text in typed.items() if text is not None}))

            started = time.perf_counter()
            with ThreadPoolExecutor(people) as pool:
                list(pool.map(save, range(people)))
            ended = time.perf_counter()
            with app.app_context():
                found = 0
                while found < people and time.perf_counter() - ended < _PATIENCE:
                    found = current_index().search(Query(text=_WORD, access=None)).total
                    time.sleep(0.02)
            until_found = time.perf_counter() - ended
    show(
        (f"{people} people at once", "median ms", "worst ms"),
        [(method, f"{median(each):.0f}", f"{max(each):.0f}") for method, each in times.items()],
    )
    print(f"\n{dict(statuses)} in {ended - started:.1f} s; all {found} found {until_found:.2f} s after the last answer")
    return int(statuses != {"GET 200": people, "POST 303": people} or until_found > 2)


if __name__ == "__main__":
    sys.exit(measure(*map(int, sys.argv[1:])))
