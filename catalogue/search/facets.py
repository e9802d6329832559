"""What the facets of a search are called: their own labels and those of their values."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from catalogue.accounts.permissions import Actor
from catalogue.formatting import local_name
from catalogue.records.models.code_lists import (
    GRADES,
    LEVELS,
    PATENT_STATUSES,
    PATENT_TYPES,
)
from catalogue.records.queries import named_divisions
from catalogue.records.schema.kinds import KINDS
from catalogue.search.interface import FACETS

FACET_LABELS: Mapping[str, Any] = {
    "kind": _l("Kind"),
    "division": _l("Division"),
    "award_level": _l("Award level"),
    "award_grade": _l("Award grade"),
    "patent_type": _l("Patent type"),
    "patent_status": _l("Legal status"),
}
_VOCABULARIES: Mapping[str, Mapping[str, Any]] = {
    "kind": {name: kind.plural for name, kind in KINDS.items()},
    "award_level": LEVELS.labels,
    "award_grade": GRADES.labels,
    "patent_type": PATENT_TYPES.labels,
    "patent_status": PATENT_STATUSES.labels,
}

FacetLabels = Mapping[str, Mapping[str, Any]]


def facet_labels(session: Session, actor: Actor) -> FacetLabels:
    """Facet → code → label of every value that the actor may choose, in the order of display."""
    divisions = {each.code: local_name(each) for each in session.scalars(named_divisions(actor))}
    return {facet: _VOCABULARIES.get(facet, divisions) for facet in FACETS}
