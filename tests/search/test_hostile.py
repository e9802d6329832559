"""What is meant to hurt: answered in time, never with an error, and without keeping others waiting."""

import time
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.benchmarks.hostile import PATIENCE, PLAIN, PLAIN_PATIENCE, addresses, ask, plain_searches, serving
from tests.benchmarks.relevance import percentile
from tests.support.timing import slowdown

FORM = "application/x-www-form-urlencoded"
WORST = 12  # are sent to a server while others search


@pytest.mark.slow
def test_a_server_under_hostile_requests(client: FlaskClient, demo_folder: Path) -> None:
    failed: list[str] = []
    took: dict[tuple[str, str, bytes], float] = {}
    for name, method, address, body in addresses():
        started = time.thread_time()
        answer = client.open(address, method=method, data=body or None, content_type=FORM if body else None)
        took[method, address, body] = seconds = time.thread_time() - started
        if answer.status_code >= 500 or seconds > PATIENCE:
            failed.append(f"{name}: status {answer.status_code} after {seconds:.1f} s")
    assert failed == []
    statuses, slow = [], [slowdown()]
    with serving(demo_folder) as port:
        for text in PLAIN:
            ask(port, "GET", f"/search?q={quote(text)}")
        with plain_searches(port) as plain:
            for hostile in sorted(took, key=lambda each: -took[each])[:WORST]:
                statuses.append(ask(port, *hostile)[0])
                slow.append(slowdown())
            while len(plain) < 20:
                slow.append(slowdown())
    assert max(statuses) < 500
    assert {status for status, _ in plain} == {200}
    assert percentile([seconds for _, seconds in plain], 0.95) < PLAIN_PATIENCE * max(slow)
