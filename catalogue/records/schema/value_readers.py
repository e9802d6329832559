"""What clerks write in cells, as values: dates, money, people, yes and no. Every reader raises ValueError with a
sentence that says what to write instead; none of them guesses where two readings are possible.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from flask_babel import gettext as _

from catalogue.records.models.partial_dates import PartialDate

_EPOCH = date(1899, 12, 30)
_SERIALS = range(20_000, 60_000)  # the days from 1954 to 2064 as Excel counts them
_YEAR_WORD = r"(?:年度?|[-./])"
_DAY = re.compile(rf"(\d{{4}}){_YEAR_WORD}(\d{{1,2}})[-./月](\d{{1,2}})[日号]?(?:[ t]\d.*)?", re.I)
_MONTH = re.compile(rf"(\d{{4}}){_YEAR_WORD}(\d{{1,2}})(?:月份?)?(?:[上中下]旬|[初底末])?")
_YEAR = re.compile(r"(\d{4})(?:年度?)?(?:[上下]半年|[初底末中]|第?[一二三四1-4]季度)?")
_MONTH_FIRST = re.compile(r"(\d{1,2})[-./](\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_DAY_LAST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")
_SHORT_YEAR = re.compile(r"[’']?(\d{2})(年.*)")
_OLD_YEAR = re.compile(r"(\d{2})[./-]\d{1,2}(?:[./-]\d{1,2})?")
_MOST_DAYS = 31
_LONGEST_LINE = 200  # characters; what is longer is prose, and no pattern is tried on it
_RANGE = re.compile(r"\s*(?:至|到|~|—+|–|--)\s*|(?<=[\d月日年])\s*-\s*(?=(?:19|20)\d\d)|(?<=月)\s*-\s*(?=\d{1,2}月)")
_NOTHING = re.compile(r"[-—–－_/\\／、.…\s]*")
_NO_YEAR = re.compile(r"\d{1,2}月(?:份|\d{1,2}日?)?")
_YEAR_WRITTEN = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*年")
_PUBLISHED = re.compile(
    r"(?P<venue>《[^》]+》|[^\d,，]+?)[\s,，]*(?P<issue>(?P<year>(?:19|20)\d\d)\s*(?:年|[,，.]|(?=[(（])).*?(?:期|卷|[(（]\d+[)）])[^:：]*)"
    r"(?:[:：]\s*(?P<pages>[\d~～–—-]+)[.。]?)?"
)
_ISSUE_YEAR = re.compile(r"((?:19|20)\d\d)\s*(?:年|[,.，]|\()")
_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_NUMERALS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_PLACES = {"十": 10, "百": 100, "千": 1000}

_SCALES = {
    "亿": 10**8, "千万": 10**7, "百万": 10**6, "十万": 10**5, "万": 10**4, "千": 10**3, "百": 100, "十": 10, "": 1,
}  # fmt: skip
# Units by what is written, with what one of them is in the unit that is stored.
_UNITS: dict[str, tuple[str, Decimal]] = {
    **dict.fromkeys(("元", "圆", "元人民币", "人民币元", "人民币", "rmb", "cny", "块", "¥"), ("CNY", Decimal(1))),
    **dict.fromkeys(("美元", "美金", "usd", "$", "us$"), ("USD", Decimal(1))),
    **dict.fromkeys(("瑞士法郎", "瑞郎", "chf", "sfr"), ("CHF", Decimal(1))),
    **dict.fromkeys(("欧元", "eur", "€"), ("EUR", Decimal(1))),
    **dict.fromkeys(("日元", "jpy", "日圆"), ("JPY", Decimal(1))),
    **dict.fromkeys(("吨标准煤", "吨标煤", "tce", "t标煤", "t标准煤", "吨煤当量"), ("tce", Decimal(1))),
    **dict.fromkeys(("mwh", "兆瓦时"), ("MWh", Decimal(1))),
    **dict.fromkeys(("kwh", "千瓦时", "度", "度电", "kw·h", "千瓦小时"), ("MWh", Decimal("0.001"))),
}
_UNIT = "|".join(re.escape(word) for word in sorted(_UNITS, key=len, reverse=True))
_SCALE = "亿|千万|百万|十万|万|千|百"
_MONEY = re.compile(
    rf"(?P<before>约|大约|近|将近|超过|超|逾|至少|共|合计|约合|≈|>)?(?P<sign>{_UNIT})?"
    rf"(?P<number>-?\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千]+)(?P<more>多|余)?"
    rf"(?P<scale>{_SCALE})?(?P<more2>多|余)?(?P<unit>{_UNIT})?(?P<after>以上|左右|上下|多|余)?(?:/年|每年)?",
    re.I,
)
MIXED = "?"  # for the unit of a heading that says none, where some cells below it do
_UNIT_ONLY = re.compile(rf"(?P<scale>{_SCALE})?(?P<unit>{_UNIT})?", re.I)

YES = frozenset(("yes", "y", "true", "t", "1", "是", "有", "对", "真", "√", "✓", "✔", "☑", "●", "重大", "重点", "采纳"))
NO = frozenset(
    ("no", "n", "false", "f", "0", "否", "无", "不", "非", "错", "假", "×", "x", "✗", "✘", "☒", "╳", "-", "—")
)
NO |= {"/", "一般", "普通", "不是", "没有", "非重大"}

_PART = re.compile(r"[、,，;；\n\r|]+|/(?![a-z]+(?:$|[;；]))")
_RANK = re.compile(
    r"^(?:[(（]?\d{1,2}[)）.、．:：]|第[一二三四五六七八九十\d]+(?:完成人|位|名)?[:：]?|[^:：]{2,6}[:：])\s*"
)
_ET_AL = re.compile(r"(?<=.)等(?:\d+|[一二三四五六七八九十]+)?(?:人|名|位)?$")
_PERSON = re.compile(r"(?P<name>[^()]+?)\s*(?:\((?P<hint>[^()]*)\))?(?:/(?P<role>[a-z]+))?")
_NUMBERED = re.compile(
    r"(?P<staff>[A-Za-z]{0,3}\d{3,})[\s-]*(?P<name>[^\d\s()]{2,})"
    r"|(?P<name2>[^\d\s()A-Za-z]{2,})[\s-]*(?P<staff2>[A-Za-z]{0,3}\d{3,})"
)
_HAN_SPACED = re.compile(r"(?:[\u4e00-\u9fff]\s+)+[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Money:
    """An amount in the unit that is stored; `unit` is empty where the text says none."""

    amount: Decimal
    unit: str
    qualifier: str


@dataclass(frozen=True)
class NamedPerson:
    """Somebody as a cell names them: `hint` is what stood in brackets, a staff number or a division."""

    name: str
    hint: str = ""
    role: str = ""


def narrow(text: str) -> str:
    """Full-width digits, letters and signs as half-width, without outer blanks."""
    return unicodedata.normalize("NFKC", text).strip()


def is_nothing(text: str, *, words: bool) -> bool:
    """Whether a cell only says that there is nothing: dashes, strokes and, where `words` count, 无."""
    return bool(_NOTHING.fullmatch(text.strip())) or (words and text.strip() in ("无", "没有", "暂无", "none", "n/a"))


def year_written(text: str) -> str:
    """The year in a text such as 2003年度省科技进步二等奖; empty where it has none, or several."""
    found = set(_YEAR_WRITTEN.findall(narrow(text)))
    return found.pop() if len(found) == 1 else ""


def read_published_in(text: str) -> dict[str, str]:
    """Where a text says that a paper appeared: the journal, and of 《轻金属》2004年第3期 issue and year too."""
    match = _PUBLISHED.fullmatch(text.strip()) if len(text) <= _LONGEST_LINE else None
    if match is None:
        return {"venue": text.strip()}
    year = narrow(match["year"])
    said = {"venue": match["venue"].strip(), "issue": match["issue"].strip(" ,，."), "date": year}
    return {**said, "pages": match["pages"]} if match["pages"] else said


def year_of_issue(text: str) -> str:
    """The year that an issue such as 2005年第6期 or 2005(3) begins with; empty where it names none."""
    match = _ISSUE_YEAR.match(narrow(text))
    return match[1] if match else ""


def read_date(text: str, year: str = "") -> str:
    """A day, a month or a year in any usual spelling, in ISO form to the precision given; `year` is what the title
    says where the text names only month and day."""
    plain = re.sub(r"\s*([年月日./-])\s*", r"\1", narrow(text))
    if year and _NO_YEAR.fullmatch(plain):
        plain = f"{year}年{plain}"
    if re.search(r"[〇零○一二三四五六七八九十]", plain) and "季" not in plain:
        plain = re.sub(r"[〇零○一二三四五六七八九十Oo]+", _chinese_digits, plain)
    if (match := _OLD_YEAR.fullmatch(plain)) and int(match[1]) > _MOST_DAYS:  # neither a month nor a day
        plain = f"19{plain}"
    if match := _SHORT_YEAR.fullmatch(plain):
        plain = f"{'19' if int(match[1]) >= 50 else '20'}{match[1]}{match[2]}"
    return str(PartialDate.parse(_iso(plain, text)))


def unambiguous(number: str) -> str:
    """What is to be said of a number such as 2004.1, which was January or October when it was typed."""
    months = {"january": f"{number[:4]}-01", "october": f"{number[:4]}-10"}
    return _("January or October? As a number 2004.10 is 2004.1; write %(january)s or %(october)s", **months)


def _chinese_digits(match: re.Match[str]) -> str:
    word = match[0]
    if "十" in word and len(word) <= 3:
        return str(_numeral(word))
    return word.replace("O", "0").replace("o", "0").translate(_DIGITS)


def _iso(plain: str, text: str) -> str:
    iso = ""
    if match := _DAY.fullmatch(plain):
        iso = f"{match[1]}-{match[2]}-{match[3]}"
    elif match := _COMPACT.fullmatch(plain):
        iso = "-".join(filter(None, match.groups()))
    elif match := _MONTH.fullmatch(plain):
        iso = f"{match[1]}-{match[2]}"
    elif match := _YEAR.fullmatch(plain):
        iso = match[1]
    elif match := _MONTH_FIRST.fullmatch(plain):
        iso = f"{match[2]}-{match[1]}"
    elif match := _DAY_LAST.fullmatch(plain):
        iso = _day_last(int(match[1]), int(match[2]), match[3], text)
    elif re.fullmatch(r"\d{5}(?:\.\d+)?", plain) and int(float(plain)) in _SERIALS:
        iso = (_EPOCH + timedelta(days=int(float(plain)))).isoformat()
    try:
        known = PartialDate.parse(iso)
    except ValueError:
        known = None
    if known is None or not 1900 <= known.year <= 2200:
        raise ValueError(_("“%(text)s” is no date; write 2002, 2002-12 or 2002-12-20", text=text))
    return iso


def _day_last(one: int, two: int, year: str, text: str) -> str:
    if one <= 12 and two <= 12 and one != two:
        raise ValueError(
            _("“%(text)s” may be two days: write the year first, then month and day, as 2002-12-20", text=text)
        )
    month, day = (two, one) if one > 12 else (one, two)
    return f"{year}-{month}-{day}"


def read_period(text: str) -> tuple[str, str]:
    """The beginning and the end of a stretch of time; one date alone is the end."""
    parts = [part for part in _RANGE.split(narrow(text)) if part]
    if len(parts) != 2:
        return "", read_date(text)
    first = read_date(parts[0])
    last = parts[1]
    if re.fullmatch(r"\d{1,2}月", last):  # 2004年3月-9月
        last = f"{first[:4]}年{last}"
    return first, read_date(last)


def _numeral(word: str) -> int:
    total = current = 0
    for sign in word:
        if sign in _PLACES:
            total += (current or 1) * _PLACES[sign]
            current = 0
        else:
            current = _NUMERALS[sign]
    return total + current


def read_unit(text: str) -> tuple[str, Decimal] | None:
    """The unit and the factor that 万元, USD or 吨标准煤 stands for; None where it is no unit."""
    plain = re.sub(r"\s", "", narrow(text)).lower()
    match = _UNIT_ONLY.fullmatch(plain)
    if not plain or match is None:
        return None
    unit, factor = _UNITS[match["unit"]] if match["unit"] else ("", Decimal(1))
    return unit, factor * _SCALES[match["scale"] or ""]


def unit_words(text: str, *, bare: bool = False) -> tuple[str, str] | None:
    """The words for scale and unit of an amount or, where `bare`, of a unit alone: 万 and 元 of 540万元; either may be
    empty. None where it is no amount or no unit."""
    plain = re.sub(r"[\s,，]", "", narrow(text)).lower()
    match = (_UNIT_ONLY if bare else _MONEY).fullmatch(plain)
    if match is None:
        return None
    return match["scale"] or "", match["unit"] or ("" if bare else match["sign"]) or ""


def read_money(text: str, unit_hint: str = "") -> Money:
    """An amount with unit and qualifier; `unit_hint` is the unit that the heading or a column of units says,
    or `MIXED`."""
    plain = re.sub(r"[\s,，]", "", narrow(text)).lower()
    match = _MONEY.fullmatch(plain)
    if match is None:
        raise ValueError(_("“%(text)s” is no amount; write a number with its unit, such as 540万元", text=text))
    word = match["number"]
    number = Decimal(word) if word[-1].isdigit() else Decimal(_numeral(word))
    unit, factor = "", Decimal(1)
    written = match["unit"] or match["sign"]
    if unit_hint == MIXED and not written and not match["scale"]:
        raise ValueError(_("in which unit is “%(text)s”? Other amounts here say theirs", text=text))
    if written:
        unit, factor = _UNITS[written]
    if match["scale"]:
        factor *= _SCALES[match["scale"]]
    hinted = read_unit(unit_hint)
    if hinted and not written:
        unit = hinted[0]
        if not match["scale"]:
            factor = hinted[1]
    amount = (number * factor).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Money(amount, unit, _qualifier(match))


def _qualifier(match: re.Match[str]) -> str:
    words = {match["before"], match["more"], match["more2"], match["after"]}
    if words & {"多", "余", "以上", "超过", "超", "逾", "至少", ">"}:
        return "over"
    return "about" if words & {"约", "大约", "近", "将近", "左右", "上下", "约合", "≈"} else "exact"


def read_yes_no(text: str) -> str:
    """`yes` or `no`."""
    word = narrow(text).lower()
    if word in YES or word in NO:
        return "yes" if word in YES else "no"
    raise ValueError(_("“%(text)s” is neither yes nor no; write 是 or 否", text=text))


def read_people(text: str) -> list[NamedPerson]:
    """The people that a cell names, in its order; numbers of rank, 等5人 and blanks inside names are left out."""
    people = []
    for part in _PART.split(unicodedata.normalize("NFKC", re.sub("[①-⑳]", ";", text))):
        part = _ET_AL.sub("", _RANK.sub("", part.strip())).strip()
        for one in _separate(part):
            one = _RANK.sub("", one)
            if match := _NUMBERED.fullmatch(one):
                people.append(NamedPerson(match["name"] or match["name2"], match["staff"] or match["staff2"]))
            elif one and (match := _PERSON.fullmatch(one)):
                name = match["name"].strip()
                name = re.sub(r"\s", "", name) if not name.isascii() else name
                people.append(NamedPerson(name, (match["hint"] or "").strip(), match["role"] or ""))
            elif one:
                raise ValueError(_("“%(text)s” is no name; write 张三、李四 or 张三(A1001)", text=one))
    return people


def _separate(part: str) -> list[str]:
    """What stands between two signs: one person, or several with blanks between them."""
    if _HAN_SPACED.fullmatch(part) and len(re.sub(r"\s", "", part)) <= 3:
        return [part]
    if "(" in part or any(character.isascii() and character.isalpha() for character in part):
        return re.split(r"(?<=\))\s+", part)
    return part.split()


def read_list(text: str) -> list[str]:
    """The parts of a cell that lists several items, in any punctuation, each once."""
    return list(dict.fromkeys(part.strip() for part in re.split(r"[;；、,，\n|]+", text) if part.strip()))
