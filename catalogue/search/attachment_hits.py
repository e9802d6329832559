"""In which attachment the words were found that a record itself does not have."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalogue.attachments.models import Attachment
from catalogue.attachments.service import texts_of
from catalogue.records.models.records import Record
from catalogue.search.text.highlight import (
    Segments,
    Sought,
    highlight,
    not_standing,
    passage,
)

# Looking for words takes some 20 ms for a million characters; what the rest of a page says is said without it.
MOST_CHARACTERS = 3_000_000


def found_in_attachments(
    session: Session, records: Sequence[Record], words: Sought, length: int
) -> Mapping[int, tuple[str, Segments]]:
    """For each of the records whose title and abstract lack some of the words that an attachment has: a label that
    names the attachment with most of them, and the passage, in pieces. Whoever sees a record sees its attachments."""
    lacking = {each.id: missing for each in records if (missing := not_standing((each.title, each.abstract), words))}
    if not lacking:
        return {}
    found, left = {}, MOST_CHARACTERS
    for record_id, attached in texts_of(session, lacking).items():
        left -= sum(len(text) for _attachment, text in attached)
        if left < 0:
            break
        if best := _best(attached, lacking[record_id], length):
            found[record_id] = best
    return found


def _best(
    attached: Sequence[tuple[Attachment, str]], words: Sequence[str | tuple[str, ...]], length: int
) -> tuple[str, Segments] | None:
    best, fewest = None, len(words)
    for attachment, text in attached:
        said = (attachment.name, attachment.description, text)
        missing = len(not_standing(said, words))
        if missing < fewest:
            best, fewest = said, missing
    if best is None:
        return None
    name, description, text = best
    pieces = passage(text, words, length) or highlight(" ".join(filter(None, (name, description))), words)
    return _("found in the attachment “%(name)s”", name=name), pieces
