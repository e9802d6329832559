"""The paragraph (通报稿): the company's published summary, written from the records, every figure with its evidence."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from catalogue.tallies.crosstab import Figure
from catalogue.tallies.figures import AWARD_LEVELS, FIGURES, PublishedFigure, chinese_text, english_text, grades_of


@dataclass(frozen=True)
class Segment:
    """A piece of the paragraph; `figure` is what stands behind it where it is a number."""

    text: str
    key: str = ""
    figure: Figure | None = None


# {key/unit} is a figure; {awards:level/unit} lists the grades conferred at a level, [..] is left out when zero.
TEMPLATES = {
    "zh": (
        "目前公司已完成重大科技项目{projects_major/项}。其中获国家科技进步{awards:national/项/，}，"
        "省部级科技进步{awards:provincial/项/、}，省部级科技成果{achievements_provincial/项}。"
        "累计申报国家发明专利{inventions_filed/项}。授权专利{patents_granted/项}，其中发明专利{inventions_granted/项}，"
        "实用新型专利{utility_models_granted/项}，[designs_granted:外观设计专利{designs_granted/项}，]"
        "注册软件著作权{copyrights/项}。提合理化建议{proposals/条}，其中重大建议{proposals_major/项}。"
        "累计创经济效益{benefit_counted/元}。"
    ),
    "en": (
        "To date the company has completed {projects_major} major R&D projects. Among them are, of the National "
        "Science and Technology Progress Award, {awards:national//, }; of provincial and ministerial awards, "
        "{awards:provincial//, }; and {achievements_provincial} provincial and ministerial achievements. "
        "{inventions_filed} inventions have been filed. {patents_granted} patents have been granted, of them "
        "{inventions_granted} inventions, {utility_models_granted} utility models"
        "[designs_granted: and {designs_granted} designs]; software copyrights registered: {copyrights}. "
        "Staff have put forward {proposals} rationalisation proposals, of them {proposals_major} major ones. "
        "The economic benefit adds up to {benefit_counted}."
    ),
}
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
_OPTIONAL = re.compile(r"\[(\w+):(.*?)\]")
_SLOT = re.compile(r"\{(?P<awards>awards:)?(?P<key>\w+)(?:/(?P<unit>[^/}]*))?(?:/(?P<separator>[^}]*))?\}")


def write(figures: Mapping[str, Figure], language: str) -> list[Segment]:
    """The paragraph in `language` (`zh`, else English) from counted figures; see `figures.count_figures`."""
    language = "zh" if language == "zh" else "en"
    template = _OPTIONAL.sub(lambda match: match[2] if figures[match[1]].value else "", TEMPLATES[language])
    segments: list[Segment] = []
    end = 0
    for slot in _SLOT.finditer(template):
        segments.append(Segment(template[end : slot.start()]))
        if slot["awards"]:
            segments.extend(_award_segments(figures, slot["key"], slot["unit"], slot["separator"], language))
        else:
            segments.append(_figure_segment(FIGURES[slot["key"]], figures, slot["unit"] or "", language))
        end = slot.end()
    segments.append(Segment(template[end:]))
    return [segment for segment in segments if segment.text]


def _figure_segment(
    figure: PublishedFigure, figures: Mapping[str, Figure], unit: str, language: str, before: str = ""
) -> Segment:
    counted = figures[figure.key]
    text = chinese_text(figure, counted.value, unit) if language == "zh" else english_text(figure, counted.value)
    return Segment(before + text, figure.key, counted)


def _award_segments(
    figures: Mapping[str, Figure], level: str, unit: str, separator: str, language: str
) -> Iterator[Segment]:
    conferred = [(grade, figure) for grade, figure in grades_of(level) if figures[figure.key].value]
    if not conferred:
        # Nothing was conferred: say so with a figure that opens its (empty) evidence.
        nothing = next(figures[figure.key].selection for _grade, figure in grades_of(level))
        whole = replace(nothing, values=(("level", AWARD_LEVELS[level]),))
        yield Segment(f"{_NO_AWARDS[language]}0{unit}", f"award_{level}", Figure(0, 0, whole))
        return
    for place, (grade, figure) in enumerate(conferred):
        if place:
            yield Segment(separator)
        yield _figure_segment(figure, figures, unit, language, _GRADE_WORDS[language][grade])


def text_of(segments: Iterable[Segment]) -> str:
    """The paragraph as plain text."""
    return "".join(segment.text for segment in segments)
