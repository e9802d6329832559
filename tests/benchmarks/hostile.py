"""What is meant to hurt, sent to a real server while others search: `python -m tests.benchmarks.hostile FOLDER`.

FOLDER is what `scale` makes. Each request is answered within two seconds and never with an error of the server; the
plain searches beside it stay within one. `tests/search/test_hostile.py` holds the demonstration catalogue to the same.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from urllib.parse import quote

from tests.benchmarks.tables import FIGURES, figures, show
from tests.support import timing

PATIENCE, PLAIN_PATIENCE = 2.0, 1.0
PLAIN_READERS = 2
PLAIN = ("电解槽", "阳极 焙烧", "电流效率", "铸轧", "烟气净化")

_CHARACTERS = (
    "电解铝槽阳极阴炭块焙烧炉氧化检测自动控制系统烟气净除尘铸轧整流变压器母线混捏煅预节能效率试验"
    "研究开发应用技术改造工艺设备生产质量管理分厂"
)
QUERIES = {
    "10,000 words": " ".join(f"w{number}" for number in range(10_000)),
    "10,000 Chinese words": " ".join(
        one + two + three for one in _CHARACTERS[:25] for two in _CHARACTERS[:20] for three in _CHARACTERS[:20]
    ),
    "64 single characters": " ".join(_CHARACTERS[:64]),
    "64 characters in a row": _CHARACTERS[:64],
    "one character": "铝",
    "one character, refused": "-铝",
    "parentheses without end": "(" * 5_000,
    "nested parentheses": "(" * 400 + "电解槽" + ")" * 400,
    "nested refusals": "-(" * 300 + "电解槽" + ")" * 300,
    "star inside": "*a* *电* *解槽*",
    "star at the end": "a* b* c* 电* zh* al*",
    "many prefixes": " ".join(f"{a}{b}*" for a in "abcdefgh" for b in "aeiouxyz"),
    "quotes unclosed": '"电解槽 "阳极 "',
    "many phrases": '"电解槽" ' * 140,
    "control characters": "电\0解\x01\x1e\x1f槽\r\n\t\x7f\x85",
    "lone surrogates": "电解\ud800槽\udfff",
    "odd Unicode": "\u202e电\u200d解\ufeff槽\U000e0041\uffff\U0010ffff ﷺ ㍿ ﬃ ǅ İ ß 𝔸𝕝 ①② ½",
    "combining marks": "e" + "\u0301" * 9_000,
    "a pattern that runs away": "(a+)+$ (a|aa)+$ (.*)*b",
    "patterns": ".*.*.*.*=.* [a-z]{1,9999} \\d+ (?P<x>)",
    "one long word": "a" * 9_999,
    "one long Chinese word": "铝" * 9_999,
    "one long number": "9" * 9_999,
    "number with commas": ",".join(["123"] * 2_500),
    "many points": "1." * 4_900,
    "thousands of OR": " OR ".join(["电解槽", "阳极", "焙烧"] * 700),
    "short ORs": " OR ".join(_CHARACTERS[:64]),
    "only OR": "OR " * 3_000,
    "only a refusal": "-电解槽",
    "many refusals": " ".join(f"-{each}" for each in _CHARACTERS[:64]),
    "a year that cannot be": "year:9999999999 year:-1 year:99999999999999999999..1",
    "fields without end": "title:" * 1_500,
    "fields": "title:电 person:* number:( kind:xyz division:\"",
    "SQL": "'; DROP TABLE record; -- \" OR 1=1",
    "HTML": "<script>alert(1)</script><!--",
    "initials": "djc " * 2_000,
    "one syllable": "de",
    "misspelt": "电姐曹 阳急 焙绍 氧花铝",
    "only punctuation": "。，、；：？！" * 1_000,
    "quantities": "8.5万吨 160kA 1,000,000 " * 400,
}  # fmt: skip


def addresses() -> Iterator[tuple[str, str, str, bytes]]:
    """Name, method, address and body of every request."""
    for name, text in QUERIES.items():
        sent = quote(text.encode("utf-8", "surrogatepass"))
        for path in ("/search", "/api/v1/search", "/api/v1/suggest"):
            yield f"{name}, {path}", "GET", f"{path}?q={sent}", b""
    huge = "9" * 30
    for path in ("/search", "/api/v1/search"):
        for argument in ("page", "per_page", "offset", "limit", "year_from", "year_to"):
            for value in (huge, "-1", "٣"):
                yield f"{argument}, {path}", "GET", f"{path}?q={quote('电解')}&{argument}={quote(value)}", b""
        yield f"last page, {path}", "GET", f"{path}?q={quote('电解')}&page=1000000", b""
        yield f"sort, {path}", "GET", f"{path}?q={quote('电解')}&sort=" + "x" * 5_000, b""
        yield f"facets, {path}", "GET", f"{path}?q={quote('电解')}" + "&kind=patent&kind=x" * 1_000, b""
        yield f"1 MB in the address, {path}", "GET", f"{path}?q=" + "a" * 1_000_000, b""
    text = quote("电解槽试验。" * 10_000)
    for path in ("/search", "/api/v1/search", "/prior-work"):
        yield f"1 MB of a form, {path}", "POST", path, b"text=" + (text * 2)[:1_000_000].encode()
        yield f"1 MB of nothing, {path}", "POST", path, b"\0" * 1_000_000


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The site over a data folder, in a process of its own; gives the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ, "CATALOGUE_DATA": str(folder), "CATALOGUE_HOST": "127.0.0.1", "CATALOGUE_PORT": str(port)
    }  # fmt: skip
    server = subprocess.Popen([sys.executable, "-m", "catalogue", "serve"], env=environment, stdout=subprocess.DEVNULL)
    try:
        _await(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(timing.PATIENCE)


def _await(port: int, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + timing.PATIENCE
    while server.poll() is None and time.monotonic() < until:
        try:
            ask(port, "GET", "/search")
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def ask(port: int, method: str, address: str, body: bytes = b"") -> tuple[int, float]:
    """The status of an answer, read to its end, and the seconds it took. 0: the connection was cut in the midst."""
    started = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=timing.PATIENCE)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection.request(method, address, body or None, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, time.perf_counter() - started
    except (BrokenPipeError, ConnectionResetError):  # refused for its size before all of it was sent
        return 0, time.perf_counter() - started
    finally:
        connection.close()


@contextmanager
def plain_searches(port: int) -> Iterator[list[tuple[int, float]]]:
    """Readers who search for what is usual, one after the other; gives their answers."""
    answers: list[tuple[int, float]] = []
    stop = threading.Event()

    def read() -> None:
        for text in cycle(PLAIN):
            if stop.wait(0.1):
                return
            answers.append(ask(port, "GET", f"/search?q={quote(text)}"))

    readers = [threading.Thread(target=read) for _ in range(PLAIN_READERS)]
    for reader in readers:
        reader.start()
    try:
        yield answers
    finally:
        stop.set()
        for reader in readers:
            reader.join()


def measure(folder: Path) -> None:
    """Print the tables."""
    with serving(folder) as port:
        for text in PLAIN:
            ask(port, "GET", f"/search?q={quote(text)}")  # what a process does once is not what this is about
        with plain_searches(port) as plain:
            answers = {name: ask(port, method, address, body) for name, method, address, body in addresses()}
    rows = [("hostile requests", answers.values()), ("plain searches beside them", plain)]
    show(
        ("", "number", "errors", *FIGURES),
        [
            (name, len(each), sum(s >= 500 for s, _ in each), *figures([seconds * 1000 for _, seconds in each]))
            for name, each in rows
        ],
    )
    slowest = sorted(answers.items(), key=lambda item: -item[1][1])[:8]
    show(("slowest", "status", "ms"), [(name, status, f"{seconds * 1000:.0f}") for name, (status, seconds) in slowest])


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
