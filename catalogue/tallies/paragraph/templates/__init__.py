"""The templates of the paragraph: files of text that the association can change without touching the program.

Those that come with the program are in this folder; one of the same name in the data folder takes its place. They are
read each time, so that a change counts at once; one that cannot be used is told, and the one that came is used.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flask_babel import gettext as _

from catalogue.tallies.paragraph.published_figures import AWARD_LEVELS, FIGURES

Language = Literal["zh", "en"]
PERIOD = "period"
MOST_BYTES = 100_000
OPTIONAL = re.compile(r"\[(\w+):(.*?)\]")
SLOT = re.compile(r"\{(?P<awards>awards:)?(?P<key>\w+)(?:/(?P<unit>[^/}]*))?(?:/(?P<separator>[^}]*))?\}")
_SHIPPED = Path(__file__).parent


@dataclass(frozen=True)
class Template:
    """The text of a paragraph with its slots; `problems` say why a changed one is not used."""

    language: Language
    text: str
    problems: tuple[str, ...] = ()


def template(language: str, data: Path, *, period: bool = False) -> Template:
    """The template in a language (`zh`, else English), for all time or for a period."""
    spoken: Language = "zh" if language == "zh" else "en"
    name = f"summary{'-period' if period else ''}.{spoken}.txt"
    shipped = Template(spoken, _text(_SHIPPED / name, spoken))
    own = data / name
    try:
        if own.stat().st_size > MOST_BYTES:
            return Template(spoken, shipped.text, (_("%(file)s is too long.", file=name),))
        changed = own.read_text("utf-8-sig")
    except FileNotFoundError:
        return shipped
    except (OSError, UnicodeDecodeError):
        return Template(spoken, shipped.text, (_("%(file)s cannot be read as UTF-8 text.", file=name),))
    problems = tuple(_problems(changed, name))
    return Template(spoken, shipped.text if problems else _joined(changed, spoken), problems)


def _text(path: Path, language: Language) -> str:
    return _joined(path.read_text("utf-8"), language)


def _joined(text: str, language: Language) -> str:
    lines = (line.strip() for line in text.splitlines() if not line.lstrip().startswith("#"))
    return ("" if language == "zh" else " ").join(filter(None, lines))


def _problems(text: str, file: str) -> list[str]:
    """What cannot be understood, by line."""
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue
        unknown = [match[1] for match in OPTIONAL.finditer(line) if match[1] not in FIGURES]
        for slot in SLOT.finditer(line):
            known = AWARD_LEVELS if slot["awards"] else {*FIGURES, PERIOD}
            if slot["key"] not in known:
                unknown.append(slot["key"])
        left = OPTIONAL.sub(r"\2", SLOT.sub("", line))
        if unknown:
            problems.append(
                _(
                    "%(file)s, line %(line)s: there is no figure called %(names)s; there are: %(known)s.",
                    file=file,
                    line=number,
                    names=", ".join(unknown),
                    known=", ".join(FIGURES),
                )
            )
        elif any(sign in left for sign in "{}"):
            problems.append(_("%(file)s, line %(line)s: a brace has no partner.", file=file, line=number))
    return problems
