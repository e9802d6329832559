"""Nothing in the code is there for nobody."""

import re
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).parents[1]
REGISTERED = [  # by a decorator with Flask, Click or SQLAlchemy, which call it then
    *("@*blueprint.*", "@*route*", "@*url_defaults*", "@*before_request*", "@*after_request*"),
    *("@cli.*", "@user.*", "@*.command*", "@event.*", "@*listens_for*"),
]
# Called by a library that knows them by name: SQLAlchemy's types, Python's protocols, readers of HTML and XML,
# and the parts of a Whoosh writer.
BY_NAME = [
    *("process_*", "handle_*", "copy", "upgrade", "downgrade", "visit_*", "do_*", "log_message", "__*__"),
    *("add_postings", "cleanup", "field_writer", "new_segment", "iter_postings"),
]
KINDS = {"function", "class", "method", "property"}


def test_everything_is_used() -> None:
    templates = " ".join(path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.*"))
    drawn = set(re.findall(r"\w+", templates))
    scan = Vulture(ignore_names=BY_NAME, ignore_decorators=REGISTERED)
    scan.scavenge([str(ROOT / "catalogue"), str(ROOT / "migrations")])
    unused = {
        f"{Path(each.filename).relative_to(ROOT)}: {each.name}"
        for each in scan.get_unused_code(min_confidence=60)
        if each.typ in KINDS and each.name not in drawn
    }
    assert not unused, "\n".join(sorted(unused))
