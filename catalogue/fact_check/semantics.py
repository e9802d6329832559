"""What the features of a figure's words mean together: what is counted, and the tally that counts it.

`wording` says which words have which features, and which of them go together.
"""

from collections.abc import Mapping

from flask_babel import gettext as _

from catalogue.fact_check.lexicon import (
    ALLOWED,
    ALWAYS,
    DIMENSIONS,
    REQUIRED,
    Features,
)
from catalogue.records.models.code_lists import COUNTED_BENEFIT_KINDS
from catalogue.tallies.spec import Value


class NotUnderstood(Exception):
    """Why a clause is left to a person; the message is a sentence for the reader."""


def resolved(own: Features, context: Features | None) -> dict[str, str]:
    """The features of a figure, with what its clause leaves out taken from the clause before. Raises NotUnderstood."""
    features = {name: value for name, value in own.items() if name not in ALWAYS - {"subject"} and name != "division"}
    before = dict(context or {})
    if "subject" not in features:
        if not features:
            raise NotUnderstood(_("Nothing beside it says what is counted."))
        if _loses_narrower(features, before) or ("among" in own and _contradicts(features, before)):
            raise NotUnderstood(_("It cannot be told what it takes from the words before it."))
        if {"level", "scheme"} & set(features):
            before = {name: value for name, value in before.items() if name not in {"level", "scheme", "every"}}
        features = {**before, **features}
        if "grade" in features:
            features.setdefault("subject", "awards")
    elif before.get("subject") == features["subject"]:
        if "among" in own:
            if _contradicts(features, before):
                raise NotUnderstood(_("It cannot be told what it takes from the words before it."))
            features = {**before, **features}
        for name in ("act", "status", "published"):
            if name in before:
                features.setdefault(name, before[name])
    if "subject" not in features:
        raise NotUnderstood(_("Nothing beside it says what is counted."))
    return _checked(features)


def _loses_narrower(features: Features, before: Features) -> bool:
    """国家二等奖1项，省部级3项: of second prizes or of all? 申请发明专利34项，授权16项: of inventions or of all?"""
    return any(
        wider & set(features) and narrower in before and narrower not in features
        for wider, narrower in (({"level", "scheme"}, "grade"), ({"act"}, "patent_type"))
    )


def _contradicts(features: Features, before: Features) -> bool:
    return any(before.get(name, value) != value for name, value in features.items())


def _checked(features: dict[str, str]) -> dict[str, str]:
    subject = features["subject"]
    features = {name: value for name, value in features.items() if name not in ALWAYS - {"subject"}}
    if set(features) - ALLOWED[subject] - {"subject"}:
        raise NotUnderstood(_("Its words do not go together."))
    if subject in REQUIRED and not REQUIRED[subject] & set(features):
        missing = {
            "awards": _("It does not say at which level."),
            "patents": _("It does not say whether they were filed or granted."),
            "projects": _("It does not say whether they were completed."),
            "papers": _("It does not say whether they were published."),
        }
        raise NotUnderstood(missing[subject])
    if subject == "benefits" and features.get("kind", "new_profit") not in COUNTED_BENEFIT_KINDS:
        raise NotUnderstood(_("The catalogue adds up only new profit and cost savings; this kind overlaps with them."))
    return features


def tally_of(features: Mapping[str, str]) -> tuple[str, tuple[tuple[str, Value], ...]]:
    """The tally and the values that features ask for."""
    subject = features["subject"]
    values: list[tuple[str, Value]] = [(name, features[name]) for name in DIMENSIONS if name in features]
    if subject == "achievements":  # a registered result is complete
        values = [pair for pair in values if pair[0] != "status"]
    if subject == "patents":
        acts: dict[str, tuple[str, Value]] = {"granted": ("granted", "yes"), "in_force": ("status", "in_force")}
        values = [acts[features["act"]], *values] if features["act"] in acts else values
    if subject == "proposals" and "major" not in features:
        subject = "yearly_counts"  # of ordinary proposals no record is kept
    return subject, tuple(values)
