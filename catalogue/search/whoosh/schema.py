"""What the Whoosh index stores of a document.

One field holds all searchable text, without positions: bigrams ranked in one field found more than several fields did,
and faster. Everything else is in columns, read whole once per segment: see `whoosh_segments`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from whoosh import columns, fields, formats

from catalogue.search.interface import Document
from catalogue.search.text import analysis, pinyin

# Changes whenever the fields below change: an index of another version is of no use.
SCHEMA_VERSION = "6"

# Between the labels of a document, and between the name of a label and its value.
BETWEEN, WITHIN = "\x1e", "\x1f"


class Terms(fields.FieldType):
    """A field that takes ready-made terms with their frequencies. Its name is pickled into every index."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)

    def index(self, value: Mapping[str, int], **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        return ((term.encode(), frequency, float(frequency), b"") for term, frequency in value.items())


def schema() -> fields.Schema:
    """The fields of an entry."""

    def text() -> columns.Column:
        return columns.VarBytesColumn(write_offsets_cutoff=0)  # written, places need not be added up at every opening

    return fields.Schema(
        key=Terms(),  # the id as a term, to find the entry that a change replaces
        term=Terms(),
        attached=Terms(),  # what only attachments say
        number=Terms(),
        id=fields.COLUMN(columns.NumericColumn("q")),
        digest=fields.COLUMN(text()),
        code=fields.COLUMN(text()),
        date=fields.COLUMN(columns.NumericColumn("i")),  # 20061231, 0 when undated
        labels=fields.COLUMN(text()),  # facet values, year, access
        numbers=fields.COLUMN(text()),
        title_key=fields.COLUMN(text()),
        text=fields.COLUMN(text()),  # all searchable text, folded, in lines: see `LINES`
        sounds=fields.COLUMN(text()),  # how the title sounds: see `pinyin`
        names=fields.COLUMN(text()),  # people, divisions and keywords as they are written
        benefit=fields.COLUMN(columns.NumericColumn("q")),
        changed=fields.COLUMN(columns.NumericColumn("q")),
        length=fields.COLUMN(columns.NumericColumn("i")),  # how many terms
    )


# Which line of `text` is what; the abstract, the keywords and all other text are only searched together. The last line
# is what attachments say.
LINES = {"title": 0, "person": 3, "division": 4}

COLUMNS = (
    "id",
    "digest",
    "code",
    "date",
    "labels",
    "numbers",
    "title_key",
    "text",
    "sounds",
    "names",
    "benefit",
    "changed",
)


def entry(document: Document) -> dict[str, Any]:
    """The fields of a document, as the writer takes them."""
    rest = (
        (document.abstract,),
        document.keywords,
        document.people,
        document.divisions,
        (*document.other_text, document.code),
        document.attached,
    )
    labels = [f"{facet}{WITHIN}{value}" for facet, values in document.facets.items() for value in values]
    labels += [f"access{WITHIN}{label}" for label in document.access]
    if document.year is not None:
        labels.append(f"year{WITHIN}{document.year}")
    names = [f"person{WITHIN}{name}" for name in document.people]
    names += [f"division{WITHIN}{name}" for name in document.divisions]
    names += [f"keyword{WITHIN}{name}" for name in document.keywords]
    title = analysis.fold(document.title)
    return with_terms(
        {
            "id": document.id,
            "digest": _encoded(document.digest),
            "code": _encoded(document.code),
            "date": int(document.sort_date.replace("-", "") or 0),
            "labels": _encoded(BETWEEN.join(dict.fromkeys(labels))),
            "numbers": _encoded(BETWEEN.join(document.numbers)),
            # In GB 18030 the common characters stand in the order of their pinyin, as in a Chinese dictionary.
            "title_key": title[:40].encode("gb18030"),
            "sounds": pinyin.sounds([title]).encode(),
            "names": _encoded(BETWEEN.join(dict.fromkeys(names))),
            "benefit": document.benefit,
            "changed": document.changed,
            "text": "\n".join((title, *(analysis.fold(" ".join(texts)) for texts in rest))).encode(),
        }
    )


def with_terms(values: dict[str, Any]) -> dict[str, Any]:
    """The values of the columns, and the terms that follow from them. The title counts twice; what attachments say is
    apart: a report of a hundred pages must not hide the few words that say what the record is."""
    title, rest = title_and_rest(values["text"])
    title_terms = analysis.terms(title)
    terms = Counter(analysis.terms(rest))
    terms.update(title_terms)
    terms.update(title_terms)
    return {
        **values,
        "length": sum(terms.values()),
        "term": terms,
        "attached": {term: 1 for term in analysis.terms(attached_text(values["text"])) if term not in terms},
        "key": {str(values["id"]): 1},
        "number": dict.fromkeys(filter(None, values["numbers"].decode().split(BETWEEN)), 1),
    }


def title_and_rest(text: bytes) -> tuple[str, str]:
    """The folded title of a document and all its other text of its own. (Folded, no part has a line break inside.)"""
    title, _, rest = text.rpartition(b"\n")[0].decode().partition("\n")
    return title, rest


def attached_text(text: bytes) -> str:
    """What the attachments of a document say, folded."""
    return text.rpartition(b"\n")[2].decode()


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")
