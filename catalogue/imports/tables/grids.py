"""Where the table is in a grid of cells: the rows of its heading, merged cells, and rows that hold no record.

Everything works on `rows`, the cells of each row by its number; all rows are equally wide.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from unicodedata import normalize

from catalogue.imports.headings import LEVEL, is_heading

Rows = dict[int, list[str]]
Spans = Sequence[tuple[int, int, int, int]]  # merged cells: top, left, bottom, right, from 0

EXAMPLE = "（示例"  # how the example row of a template begins
MOST_ROWS = 100_000
_HEADING_WITHIN = 25  # rows from the top
_MOST_LEVELS = 3
_TOTALS = re.compile(
    r"(?:以上|本页|本年|本单位|全部|全年|年度|\d{4}年?度?)*(?:合计|总计|小计|共计|累计|总数|总和|合計|grandtotal|subtotal|total|sum)"
    r"(?:数|额|金额)?(?:\([^()]*\))?(?:为|共)?[\d.,元万亿项件个条篇人次]*"
)
_NOTES = re.compile(
    r"(?:注|备注|说明|附注|填表说明|填表人|制表人?|编制人?|审核人?|复核人?|批准人?|经办人|负责人|联系人|联系电话|填表日期|填报日期|填报时间"
    r"|填报单位|填报人|制表日期|制表单位|制表时间|编制单位|报送单位|报送日期|单位负责人|单位盖章|盖章|日期|科协|数据来源|资料来源|来源|截至|note|notes|source|remarks?)"
    r"\s*(?:[:：]|\d[、.．:：]).*|注|(?:以上|本表|上表|上述|表中|此表|截至|注意|备注|说明).{3,}",
    re.S | re.I,
)
_SECTION = re.compile(r"[(（]?[一二三四五六七八九十]+[)）]?[、.．].*")
_OWN_HEADING = re.compile(r"[a-z_]+（[^）]*）|table")
_UNIT = re.compile(
    r"\(?(?:[百千万亿]*元|[美欧日]元|瑞士法郎|万?吨(?:标煤|标准煤)?|tce|[kM]Wh|千瓦时|度|%|[项件个人篇条次年])\)?", re.I
)
_UNIT_LINE = re.compile(r"[(（]?(?:金额)?(?:计量)?单位\s*[:：].*|(?:填报|制表|编制).*[:：].*")


def is_prose(rows: Rows) -> bool:
    """Whether a sheet holds no table: a cover or notes, at most two texts in a row and no heading over them."""
    widths = [len({cell for cell in cells if cell}) for cells in rows.values()]
    near = list(rows.values())[:_HEADING_WITHIN]
    return max(widths, default=0) <= 2 and not any(
        all(is_heading(cell) for cell in cells if cell) for cells in near if any(cells)
    )


def heading_rows(rows: Rows, merged: Spans) -> tuple[int, int]:
    """The first and the last row of the heading."""
    if 0 in rows:  # the names of JSON objects
        return 0, 0
    near = dict(list(rows.items())[:_HEADING_WITHIN])
    known = {number: len({cell for cell in cells if is_heading(cell)}) for number, cells in near.items()}
    best = max(known, key=lambda number: known[number])
    if known[best] < 2:
        filled = {number: len({cell for cell in cells if cell}) for number, cells in near.items()}
        best = next(number for number, count in filled.items() if count * 5 >= max(filled.values()) * 4)
        return best, _reach(best, merged)
    first = best
    while first - 1 in near and best - first < _MOST_LEVELS - 1 and _is_level_above(near, first - 1, known, merged):
        first -= 1
    last = max(best, _reach(first, merged), _reach(best, merged))
    below = rows.get(last + 1)
    if last == best and below and _is_level_below(rows[last], below):
        last += 1
    below = rows.get(last + 1)
    if below and _are_units(below):
        last += 1
    return first, last


def _are_units(cells: Sequence[str]) -> bool:
    """Whether a row holds nothing but the units of the columns above it."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(_UNIT.fullmatch(normalize("NFKC", cell)) for cell in filled)


def _reach(row: int, merged: Spans) -> int:
    """The last row of the merged cells that begin in a row or above and reach it."""
    return max([row, *(span[2] + 1 for span in merged if span[0] + 1 <= row <= span[2] + 1)])


def _is_level_above(near: Mapping[int, list[str]], row: int, known: Mapping[int, int], merged: Spans) -> bool:
    """Whether the row above one of headings is another level of them, not the title or the unit of the table."""
    cells, below = near[row], near[row + 1]
    filled = [place for place, cell in enumerate(cells) if cell]
    if any(_UNIT_LINE.fullmatch(cells[place]) for place in filled):
        return False
    width = len(cells)
    spans = [span for span in merged if span[0] + 1 <= row <= span[2] + 1]
    if any(span[3] - span[1] + 1 > max(2, width * 2 // 3) for span in spans):
        return False  # a title
    if any(span[2] + 1 > row and span[3] - span[1] < 2 for span in spans):
        return True  # a heading merged over both rows
    groups = [span for span in spans if span[3] > span[1] and span[0] == span[2]]
    if known[row] >= 2 or len(groups) >= 2:
        return len(filled) >= 2
    # Without merged cells: headings stand above what is empty below, a group above its first column.
    return bool(groups) and groups[0][1] > 0 and all(below[groups[0][1] : groups[0][3] + 1])


def _is_level_below(top: list[str], below: list[str]) -> bool:
    """Whether the row under the headings has headings only, under groups or under nothing."""
    filled = [place for place, cell in enumerate(below) if cell]
    blank = [place for place in filled if not top[place]]
    return len(filled) >= 2 and bool(blank) and all(is_heading(below[place]) for place in filled)


def headings(rows: Rows, top: int, last: int, merged: Spans) -> tuple[str, ...]:
    """The headings of the columns; of those on several levels all, 经济效益（万元）·新增利润."""
    levels = [list(rows.get(number, [""] * len(rows[top]))) for number in range(top, last + 1)]
    covered: set[tuple[int, int]] = set()
    for span_top, left, bottom, right in merged:
        if span_top + 1 >= top and bottom + 1 <= last and left < len(levels[0]):
            text = rows[span_top + 1][left] if span_top + 1 in rows else ""
            for depth in range(span_top + 1 - top, bottom + 2 - top):
                for place in range(left, min(right + 1, len(levels[depth]))):
                    levels[depth][place] = text
                    covered.add((depth, place))
    for depth, (upper, lower) in enumerate(pairwise(levels)):
        for place in range(1, len(upper)):  # a group that was not merged goes on to the right
            is_free = not upper[place] and (depth, place) not in covered
            if is_free and upper[place - 1] and lower[place] and lower[place - 1]:
                upper[place] = upper[place - 1]
    if len(levels) > 1 and _are_units(levels[-1]):  # 新增产值 over 万元 is 新增产值（万元）
        units = [normalize("NFKC", cell).strip("() ") for cell in levels.pop()]
        levels[-1] = [f"{cell}（{unit}）" if unit else cell for cell, unit in zip(levels[-1], units, strict=True)]
    columns = (dict.fromkeys(filter(None, column)) for column in zip(*levels, strict=True))
    return tuple(LEVEL.join(" ".join(part.split()) for part in column) for column in columns)


def fill_down(body: Rows, merged: Spans) -> set[int]:
    """Write what is merged over several rows into each of them; tells the rows that are one wide merged cell."""
    wide: set[int] = set()
    for top, left, bottom, right in merged:
        first = body.get(top + 1)
        if first is None or left >= len(first):
            continue
        if right - left >= max(2, len(first) // 2):
            wide.update(range(top + 1, min(bottom, top + _HEADING_WITHIN) + 2))
            continue
        for number in range(top + 2, min(bottom + 1, top + MOST_ROWS) + 1):
            if number in body:
                body[number][left] = first[left]
    return wide


def why_left_out(cells: list[str], names: tuple[str, ...], wide: bool) -> str:
    """Why a row holds no record: `blank`, `example`, `totals`, `heading` or `title`; empty where it holds one."""
    filled = [cell for cell in cells if cell]
    if not filled:
        return "blank"
    if _OWN_HEADING.fullmatch(names[0]):
        return ""  # an export has no rows that only people need
    if any(cell.startswith(EXAMPLE) for cell in filled):
        return "example"
    if any(_TOTALS.fullmatch(re.sub(r"[\s:：]", "", normalize("NFKC", cell)).lower()) for cell in filled[:2]):
        return "totals"
    if _repeats(cells, names):
        return "heading"
    if len(filled) == 1 and (wide or (len(names) > 2 and _is_remark(filled[0]))):
        return "title"
    return "title" if len(names) > 2 and all(_NOTES.fullmatch(cell) for cell in filled) else ""


def is_other_heading(cells: Sequence[str], names: tuple[str, ...]) -> bool:
    """Whether a row below a heading is one too, but another: at least three names of columns and nothing else."""
    if _OWN_HEADING.fullmatch(names[0]):
        return False
    filled = [cell.strip() for cell in cells if cell.strip()]
    known = {part for name in names for part in (name, *name.split(LEVEL))}
    return len(filled) >= 3 and all(map(is_heading, filled)) and not set(filled) <= known


def _repeats(cells: list[str], names: tuple[str, ...]) -> bool:
    """Whether a row is the heading again, as on a printed next page."""
    pairs = [(cell, name) for cell, name in zip(cells, names, strict=True) if cell]
    return len(pairs) > 1 and all(cell in (name, *name.split(LEVEL)) for cell, name in pairs)


def _is_remark(text: str) -> bool:
    return bool(_NOTES.fullmatch(text) or _SECTION.fullmatch(text))


def trailing_remarks(numbers: Sequence[int], rows: Rows, names: tuple[str, ...]) -> list[int]:
    """Of the rows that are left, those at the end that are a remark: one text alone below a gap, or a sentence."""
    found: list[int] = []
    for place in range(len(numbers) - 1, 0, -1):
        filled = [cell for cell in rows[numbers[place]] if cell]
        gap = numbers[place] - numbers[place - 1] > 1
        if len(names) < 3 or len(filled) != 1 or not (gap or re.search(r"[。；：:]|.{40}", filled[0])):
            break
        found.append(numbers[place])
    return found
