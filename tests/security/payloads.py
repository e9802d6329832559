"""Texts that would become markup or scripts where a page forgets to escape, and how to see that none has.

`rows_of(table)` has them in every text of a kind or register. However they are brought (a file, a form, a programme),
`Watched` then visits pages and says what came alive.
"""

from collections.abc import Iterator, Mapping

from playwright.sync_api import Page

ID = "xss"  # of every element that a payload would make
PAYLOADS = (
    f'"><script id="{ID}">window.{ID}=1</script>',
    f"'><img id={ID} src=x onerror=window.{ID}=1>",
    f"<svg id={ID} onload=window.{ID}=1>",
    f'" onmouseover="window.{ID}=1" autofocus onfocus="window.{ID}=1" id="{ID}',
    f"javascript:window.{ID}=1//<a id={ID} href=javascript:alert(1)>",
    f"</title></textarea></select></style><b id={ID}>",
    f"<style id={ID}>*{{display:none}}</style>",
    f"{{{{7*7}}}}${{7*7}}#{{7*7}}{{% print 7*7 %}}<i id={ID}>",
    f"\u202e<{ID} id={ID}>\u2066\ufeff",
    f"＜script id={ID}＞alert(1)＜/script＞",
    f"&lt;b id={ID}&gt;&#60;b id={ID}&#62;",
    f"]]><b id={ID}>--><b id={ID}>",
    f"\\u003cb id={ID}\\u003e<b id={ID}/x=`",
)
_ALIVE = f"""() => [
    ...document.querySelectorAll(
        '#{ID}, {ID}, [onerror], [onload], [onfocus], [onmouseover], style, script:not([src])'),
    ...[...document.querySelectorAll('[href], [src], [action], [formaction]')].filter(
        each => ['href', 'src', 'action', 'formaction'].some(
            name => /^\\s*(javascript|data|vbscript):/i.test(each.getAttribute(name) || ''))),
].map(each => each.outerHTML.slice(0, 200)).concat(window.{ID} ? ['a script ran'] : [])"""

# The fields of each table that hold words of somebody, and what else a row needs.
TEXTS: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "divisions": (("name", "name_en", "aliases"), {"code": "D{0}"}),
    "people": (("name",), {"staff_number": "A{0}"}),
    "award_schemes": (("name", "name_en", "conferring_body"), {"code": "S{0}", "level": "provincial_ministerial"}),
    "scheme_standings": (("basis",), {"scheme": "S{0}", "counts_as": "provincial_ministerial", "from_year": "1980"}),
    "patent_fees": (
        ("source",),
        {"patent_type": "invention", "from_year": "{1}", "to_year": "20", "amount": "900", "valid_from": "1990-01-01"},
    ),
    "unit_factors": (
        ("source",),
        {"from_unit": "USD", "to_unit": "CNY", "factor": "8", "from_year": "{1}", "to_year": "{1}"},
    ),
    "projects": (
        ("title", "abstract", "keywords"),
        {"code": "XM-{0}", "date": "2004", "status": "completed", "major": "yes"},
    ),
    "achievements": (
        ("title", "abstract", "keywords", "appraising_body"),
        {"code": "CG-{0}", "date": "2004", "level": "national"},
    ),
    "awards": (
        ("title", "abstract", "keywords", "certificate_number", "conferring_body"),
        {"code": "JL-{0}", "date": "2004", "scheme": "S{0}", "grade": "second"},
    ),
    "patents": (
        ("title", "abstract", "keywords", "applicant"),
        {
            "code": "ZL-{0}",
            "date": "2004-05-10",
            "patent_type": "invention",
            "application_number": "20041001{2}",
            "events": "filed 2004-05-10;granted 2006-05-10",
        },
    ),
    "copyrights": (
        ("title", "abstract", "keywords", "certificate_number", "software_version"),
        {"code": "RZ-{0}", "date": "2004", "registration_number": "2004SR{2}"},
    ),
    "papers": (
        ("title", "abstract", "keywords", "venue", "issue", "pages", "honour"),
        {"code": "LW-{0}", "date": "2004"},
    ),
    "proposals": (("title", "abstract", "keywords"), {"code": "JY-{0}", "date": "2004", "status": "adopted"}),
    "benefits": (
        ("basis", "verifier"),
        {"code": "XY-{0}", "year": "2004", "kind": "new_profit", "amount": "1000", "records": "XM-{0} 100%"},
    ),
    "yearly_counts": (("source",), {"measure": "proposals", "year": "{1}", "count": "7"}),
    "claims": (
        ("measure", "unit", "source", "statement"),
        {"code": "DW-{0}", "value": "3", "as_of": "2006-12-31"},
    ),
    "site_facts": (("value",), {"name": "notice"}),
}
_SHORT = {"unit": 20, "software_version": 30, "pages": 30, "measure": 60, "issue": 60, "certificate_number": 60}


def rows_of(table: str, rows: int = len(PAYLOADS)) -> Iterator[dict[str, str]]:
    """Rows of a table whose every text is a payload, each row others. Separators of lists are left out of them."""
    names, usual = TEXTS[table]
    for row in range(1 if table == "site_facts" else rows):
        texts = {}
        for place, name in enumerate(names):
            payload = PAYLOADS[(row + place) % len(PAYLOADS)][: _SHORT.get(name, 200)]
            if name in ("keywords", "aliases", "name"):
                payload = payload.replace(";", ",") + (f" {row}" if name != "keywords" else "")
            texts[name] = payload
        serial = f"{row + 1:05}"
        fixed = {name: text.format(f"{row + 1}", f"{1981 + row}", serial) for name, text in usual.items()}
        if table == "patent_fees":
            fixed["from_year"] = str(1 + row)
        yield {**fixed, **texts}


class Watched:
    """A page of a real browser, and all that it had to complain of or that came alive on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []
        page.on("dialog", lambda dialog: (self.found.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.found.append(f"error {error}"))
        page.on(
            "console", lambda message: self.found.append(message.text) if message.type in ("error", "warning") else None
        )

    def visit(self, address: str) -> None:
        """Open a page and look at what is alive on it."""
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status < 400, f"{address}: {answer.status}"
        self.look(address)

    def look(self, address: str) -> None:
        """Look at the page as it is now."""
        self.found += [f"{address}: {each}" for each in self.page.evaluate(_ALIVE)]
