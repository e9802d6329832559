"""Attachments as pages show them. Knows nothing of requests."""

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from catalogue.accounts.permissions import name_in_words
from catalogue.attachments.formats import FORMATS, MIB
from catalogue.attachments.models import Attachment


def size(number: int) -> str:
    """A number of bytes in the unit in which people think of files: 12 KB, 3.4 MB."""
    if number < MIB / 10:
        return f"{max(round(number / 1024), 1)} KB"
    return f"{format_decimal(round(number / MIB, 1))} MB"


def short(attachment: Attachment) -> str:
    """The word that stands in the place of a picture."""
    return FORMATS[attachment.file.format].short


def line(attachment: Attachment) -> list[str]:
    """What stands beneath the name: format, pages, size, and whether the text is searched."""
    file = attachment.file
    parts = [short(attachment)]
    if file.pages and file.pages > 1:
        parts.append(ngettext("%(num)s page", "%(num)s pages", file.pages))
    parts.append(size(file.size))
    if file.text_state == "none":
        parts.append(_("no text, not searched"))
    if file.text_state == "unread":
        parts.append(_("text could not be read, not searched"))
    return parts


def who(attachment: Attachment) -> str:
    """Who has attached it."""
    return name_in_words(attachment.actor)
