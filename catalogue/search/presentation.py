"""A search in words: how it was understood, what narrows it, and how strictly the words were taken."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from catalogue.records.numbers import wrong_check
from catalogue.records.schema.kinds import KINDS
from catalogue.search.facets import FACET_LABELS, FacetLabels
from catalogue.search.interface import Results
from catalogue.search.url_state import SearchState

ROLE_LABELS = {
    "word": _l("with"),
    "phrase": _l("just so"),
    "prefix": _l("beginning with"),
    "without": _l("without"),
    "either": _l("either of"),
    "together": _l("all of"),
    "title": _l("in the title"),
    "person": _l("person"),
    "division": _l("division"),
    "number": _l("number"),
    "kind": _l("kind"),
    "year": _l("year"),
}


def explanation(results: Results) -> str:
    """How strictly the words were taken, where that is not what a reader expects."""
    some_complete = any(not hit.missing for hit in results.hits)
    if results.match in {"most", "any"} and len(results.words) == 1 and not some_complete:
        return _("No record has this word as a whole; these have parts of it.")
    if results.match == "most":
        if some_complete:
            return _("Few records have all of these words; those come first, then those that have most of them.")
        return _("No record has all of these words; these have most of them.")
    if results.match == "any":
        if some_complete:
            return _("Few records have all of these words; those come first, then those that have some of them.")
        return _("No record has all of these words; these have at least one of them.")
    if results.match == "number":
        return _("What is known by this number comes first.")
    if results.match == "pinyin":
        return _("Nothing has these letters as words; these records sound like them (pinyin).")
    return ""


def wrong_check_note(text: str) -> str:
    """What is to be said of a patent number in the query whose check character is wrong; empty where none is."""
    found = wrong_check(text)
    if found is None:
        return ""
    typed, right = found
    return _(
        "The check character of %(typed)s is wrong: as an application number it would be %(right)s.",
        typed=typed,
        right=right.display(),
    )


def understood(results: Results) -> list[tuple[str, str]]:
    """How the query was understood, in pairs of a label and texts, where it is more than a row of words."""
    texts: dict[str, list[str]] = {}
    for role, text in results.understood:
        shown = str(KINDS[text].plural) if role == "kind" and text in KINDS else text
        texts.setdefault(role, []).append(shown)
    if set(texts) <= {"word"}:
        return []
    return [(str(ROLE_LABELS[role]), _(", ").join(texts[role])) for role in texts]


def filters(state: SearchState, labels: FacetLabels) -> list[tuple[str, str]]:
    """What narrows the search: pairs of a label and the chosen values in words."""
    pairs = []
    for facet, label in FACET_LABELS.items():
        if values := state.values(facet):
            pairs.append((str(label), _(", ").join(str(labels[facet][value]) for value in values)))
    return [*pairs, (_("Years"), state.years)] if state.years else pairs
