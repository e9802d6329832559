"""The paragraph (通报稿): the company's published summary, written from the records, every figure with its evidence."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from catalogue.tallies.crosstab import Figure
from catalogue.tallies.paragraph.published_figures import (
    AWARD_LEVELS,
    FIGURES,
    PublishedFigure,
    chinese_text,
    english_text,
    grades_of,
)
from catalogue.tallies.paragraph.templates import (
    OPTIONAL,
    PERIOD,
    SLOT,
    Template,
)


@dataclass(frozen=True)
class ParagraphPart:
    """A piece of the paragraph; `figure` is what stands behind it where it is a number."""

    text: str
    key: str = ""
    figure: Figure | None = None


_GRADE_WORDS = {
    "zh": {"special": "特等奖", "first": "一等奖", "second": "二等奖", "third": "三等奖", "fourth": "四等奖"},
    "en": {
        "special": "special prizes: ",
        "first": "first prizes: ",
        "second": "second prizes: ",
        "third": "third prizes: ",
        "fourth": "fourth prizes: ",
    },
}
_NO_AWARDS = {"zh": "奖", "en": "prizes: "}


def write(figures: Mapping[str, Figure], template: Template, period: str = "") -> list[ParagraphPart]:
    """The paragraph from counted figures (see `figures.count_figures`); `period` is the years that it is about."""
    language = template.language
    text = OPTIONAL.sub(lambda match: match[2] if figures[match[1]].value else "", template.text)
    segments: list[ParagraphPart] = []
    end = 0
    for slot in SLOT.finditer(text):
        segments.append(ParagraphPart(text[end : slot.start()]))
        if slot["key"] == PERIOD:
            segments.append(ParagraphPart(period))
        elif slot["awards"]:
            segments.extend(_award_segments(figures, slot["key"], slot["unit"], slot["separator"], language))
        else:
            segments.append(_figure_segment(FIGURES[slot["key"]], figures, slot["unit"] or "", language))
        end = slot.end()
    segments.append(ParagraphPart(text[end:]))
    return [segment for segment in segments if segment.text]


def _figure_segment(
    figure: PublishedFigure, figures: Mapping[str, Figure], unit: str, language: str, before: str = ""
) -> ParagraphPart:
    counted = figures[figure.key]
    text = chinese_text(figure, counted.value, unit) if language == "zh" else english_text(figure, counted.value)
    return ParagraphPart(before + text, figure.key, counted)


def _award_segments(
    figures: Mapping[str, Figure], level: str, unit: str, separator: str, language: str
) -> Iterator[ParagraphPart]:
    conferred = [(grade, figure) for grade, figure in grades_of(level) if figures[figure.key].value]
    if not conferred:
        # Nothing was conferred: say so with a figure that opens its (empty) evidence.
        nothing = next(figures[figure.key].selection for _grade, figure in grades_of(level))
        whole = replace(nothing, values=(("level", AWARD_LEVELS[level]),))
        yield ParagraphPart(f"{_NO_AWARDS[language]}0{unit}", f"award_{level}", Figure(0, 0, whole))
        return
    for place, (grade, figure) in enumerate(conferred):
        if place:
            yield ParagraphPart(separator)
        yield _figure_segment(figure, figures, unit, language, _GRADE_WORDS[language][grade])


def period_text(year_from: int | None, year_to: int | None, language: str) -> str:
    """A period as a report writes it: 2004—2006年, 2004年以来, 2006年及以前."""
    chinese = language == "zh"
    if year_from is None or year_to is None:
        if year_from is not None:
            return f"{year_from}年以来" if chinese else f"the years since {year_from}"
        return f"{year_to}年及以前" if chinese else f"the years to {year_to}"
    if year_from == year_to:
        return f"{year_from}年" if chinese else str(year_from)
    return f"{year_from}—{year_to}年" if chinese else f"{year_from}–{year_to}"


def text_of(segments: Iterable[ParagraphPart]) -> str:
    """The paragraph as plain text."""
    return "".join(segment.text for segment in segments)
