"""A program of its own that takes the cells out of one Excel workbook: file on stdin, JSON on stdout, a line a row.

As `extract` does with texts: what people upload is read in a process that may use little time and memory. It is run by
its path and imports nothing of the catalogue. Macros are never looked at; formulas give the values kept with them.

The answer is, a line each: ``{"sheet": name, "merged": [[top, left, bottom, right], …]}``, then the rows that have
something in them as ``[number, [text, …]]``, with a third part for the places of numbers that may be October; of a
hidden sheet only its name, with ``"hidden": true``; at the end ``{}`` or ``{"problem": …}`` with a word of `sheets`.
"""

import datetime
import io
import json
import re
import struct
import sys
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

MOST_MEMORY = 192 * 1024 * 1024
MOST_SECONDS = 4  # of the processor
MOST_UNPACKED = 256 * 1024 * 1024
MOST_RATIO = 300  # what is packed better holds no table; spreadsheets reach some dozens
MOST_ENTRIES = 2_000
MOST_SHEETS = 60
MOST_ROWS, MOST_COLUMNS = 100_000, 200
MOST_CELLS, MOST_CHARACTERS = 1_000_000, 16_000_000
_LARGEST_PART = 8 * 1024 * 1024  # of those that are parsed here: styles, the list of sheets
_CHUNK = 1024 * 1024

# Formats of numbers that Excel knows by a number alone: those of its Chinese edition that show a month.
_BUILT_IN = {**dict.fromkeys((17, 27, 36, 50, 52, 57), "yyyy-mm"), 2: "0.00", 9: "0%", 10: "0%"}
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|_.')
_CELL_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_NO_SECTOR = 0xFFFFFFFA  # in old workbooks what is from here on is none
_EPOCH = datetime.datetime(1899, 12, 30)

Shown = dict[tuple[int, int], str]  # formats that say more than the value, by row and column from 0


class _Problem(Exception):
    """The file cannot be read, for the reason that the word names."""


def lines(content: bytes) -> Iterator[Any]:
    """What is written to stdout."""
    from python_calamine import CalamineWorkbook

    is_package = content.startswith(b"PK")
    formats = _check_package(content) if is_package else {}
    old_formats = {} if is_package else _formats_in_old(content)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    visible = [each.name for each in book.sheets_metadata if str(each.visible).endswith(".Visible")]
    hidden = [each.name for each in book.sheets_metadata if str(each.visible).endswith("Hidden")]
    if len(visible) > MOST_SHEETS:
        raise _Problem("too_large")
    cells = characters = 0
    for name in visible:
        try:
            sheet = book.get_sheet_by_name(name)
        except Exception as error:
            # A sheet of charts only is no table; anything else that fails is damage.
            if "not found" in str(error).lower():
                continue
            raise
        merged = [[top, left, bottom, right] for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()]
        yield {"sheet": name, "merged": merged[:MOST_CELLS]}
        if sheet.start is None or sheet.end is None:
            continue
        if sheet.end[0] >= MOST_ROWS or sheet.end[1] >= MOST_COLUMNS:
            raise _Problem("too_large")
        left = sheet.start[1]
        shown = _formats_in(content, formats.get(name)) if is_package else old_formats.get(name, {})
        for row, values in enumerate(sheet.iter_rows()):
            texts = [""] * left + [_text(value, shown.get((row, place))) for place, value in enumerate(values, left)]
            while texts and not texts[-1]:
                texts.pop()
            if not texts:
                continue
            cells += len(texts)
            characters += sum(map(len, texts))
            if cells > MOST_CELLS or characters > MOST_CHARACTERS:
                raise _Problem("too_large")
            doubtful = [place for place, value in enumerate(values, left) if _may_be_october(value, shown, row, place)]
            yield [row + 1, texts, doubtful] if doubtful else [row + 1, texts]
    yield from ({"sheet": name, "hidden": True} for name in hidden[:MOST_SHEETS])
    yield {}


def _may_be_october(value: Any, shown: Shown, row: int, place: int) -> bool:
    """Whether a number may be a month that lost a digit: 2004.10, typed as a number, is 2004.1."""
    is_number = isinstance(value, float) and 1900 < value < 2200 and (row, place) not in shown
    return is_number and repr(value).endswith(".1")


def _text(value: Any, shown: str | None) -> str:
    """A cell as a plain text; a number loses its `.0`, a day its midnight, and a date keeps the precision it shows."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if shown and "y" in shown:
            return _date_text(_EPOCH + datetime.timedelta(days=value), shown) if 0 < value < 80_000 else str(value)
        return _number_text(Decimal(repr(value)), shown or "")
    if isinstance(value, datetime.date):
        return _date_text(value, shown or "")
    return str(value)


def _number_text(value: Decimal, shown: str) -> str:
    if "%" in shown:
        value *= 100
    if shown == "0.00" and 1900 < value < 2200:  # October 2004, typed as 2004.10
        return f"{value:.2f}"
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    if shown.startswith("00") and value >= 0 and text.isdigit():
        text = text.zfill(len(shown))
    return text + re.sub(r"[^%万亿元吨佰百千美欧日瑞士法郎圆]", "", shown)


def _date_text(value: datetime.date, shown: str) -> str:
    if shown.startswith("yyyy"):
        return value.strftime("%Y-%m" if "m" in shown else "%Y")
    if isinstance(value, datetime.datetime) and value.time() != datetime.time():
        return value.isoformat(" ", "seconds")
    return value.strftime("%Y-%m-%d") if value.year >= 1000 else str(value)


def _check_package(content: bytes) -> dict[str, tuple[str, dict[bytes, str]]]:
    """Judge the package by its directory, before anything is unpacked; then the formats of each sheet by its name."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        entries = package.infolist()
        if len(entries) > MOST_ENTRIES or sum(each.file_size for each in entries) > MOST_UNPACKED:
            raise _Problem("too_large")
        if any(each.file_size > _CHUNK and each.file_size > MOST_RATIO * each.compress_size for each in entries):
            raise _Problem("too_large")
        if any(each.flag_bits & 1 for each in entries):
            raise _Problem("encrypted")
        names = {each.filename for each in entries}
        if "xl/workbook.bin" in names:
            return {}
        if not {"xl/workbook.xml", "[Content_Types].xml"} <= names:
            raise _Problem("other_package")
        for name in names:
            if name.endswith((".xml", ".rels")):
                with package.open(name) as part:
                    # No spreadsheet has entities, nor is any written in UTF-16.
                    if b"<!" in (beginning := part.read(2048)) or b"\0" in beginning:
                        raise _Problem("damaged")
        styles = _telling_styles(package) if "xl/styles.xml" in names else {}
        return {name: (path, styles) for name, path in _parts(package) if path in names} if styles else {}


def _tree(package: zipfile.ZipFile, name: str) -> Any:
    from lxml import etree

    if package.getinfo(name).file_size > _LARGEST_PART:
        raise _Problem("too_large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(package.read(name), parser)


def _telling_styles(package: zipfile.ZipFile) -> dict[bytes, str]:
    """The styles (by their number) whose format tells more than the value: months, years, units, per cent, zeros."""
    tree = _tree(package, "xl/styles.xml")
    codes: dict[int, str] = dict(_BUILT_IN)
    codes.update({int(each.get("numFmtId")): each.get("formatCode") or "" for each in tree.iterfind(".//{*}numFmt")})
    found = {}
    for place, style in enumerate(tree.iterfind("{*}cellXfs/{*}xf")):
        if meaning := _meaning(codes.get(int(style.get("numFmtId") or 0), "")):
            found[str(place).encode()] = meaning
    return found


def _meaning(code: str) -> str:
    """A format in short: `yyyy`, `yyyy-mm`, `0000`, or the unit that it writes after the number."""
    code = code.split(";")[0]
    bare = _QUOTED.sub("", code).lower()
    if "y" in bare:
        return "" if "d" in bare or "h" in bare else "yyyy-mm" if "m" in bare else "yyyy"
    if re.fullmatch(r"0{2,}|0\.00", bare):
        return bare
    written = "".join(match[1] or match[2] or "" for match in _QUOTED.finditer(code))
    unit = "%" if "%" in bare else "".join(re.findall(r"[%万亿元吨百千美欧日瑞士法郎圆]", written + bare))
    return unit and f"0{unit}"


def _parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The sheets with the parts of the package that hold them."""
    targets = {
        each.get("Id"): each.get("Target") or ""
        for each in _tree(package, "xl/_rels/workbook.xml.rels").iterfind("{*}Relationship")
    }
    link = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    for each in _tree(package, "xl/workbook.xml").iterfind("{*}sheets/{*}sheet"):
        target = targets.get(each.get(link), "")
        yield each.get("name") or "", target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _formats_in(content: bytes, part: tuple[str, dict[bytes, str]] | None) -> Shown:
    """Which cells of a sheet have one of the telling styles."""
    if part is None:
        return {}
    path, styles = part
    cell = re.compile(rb"<(?:\w+:)?c\s[^<>]*\bs=\"(%s)\"[^<>]*>" % b"|".join(styles))
    found: Shown = {}
    with zipfile.ZipFile(io.BytesIO(content)) as package, package.open(path) as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            chunk = tail + chunk
            for match in cell.finditer(chunk):
                if (place := _CELL_PLACE.search(match[0])) and len(found) < MOST_CELLS:
                    found[int(place[2]) - 1, _column(place[1])] = styles[match[1]]
            tail = chunk[max(chunk.rfind(b"<"), 0) :][-1000:]
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _formats_in_old(content: bytes) -> dict[str, Shown]:
    """The same for a workbook of the old format (BIFF8), by the names of its sheets; what is damaged says nothing here,
    since whoever reads the cells will tell."""
    try:
        book = _old_stream(content)
        codes: dict[int, str] = dict(_BUILT_IN)
        styles: list[int] = []
        sheets: list[tuple[str, int]] = []
        for kind, at, size in _old_records(book, 0):
            if kind == 0x2F:  # FILEPASS: what follows is encrypted
                raise _Problem("encrypted")
            if kind == 0x41E:  # FORMAT
                codes[struct.unpack_from("<H", book, at)[0]] = _old_text(book, at + 2, 2)
            elif kind == 0xE0:  # XF
                styles.append(struct.unpack_from("<H", book, at + 2)[0])
            elif kind == 0x85 and size > 8:  # BOUNDSHEET
                sheets.append((_old_text(book, at + 6, 1), struct.unpack_from("<I", book, at)[0]))
        telling = {place: meaning for place, code in enumerate(styles) if (meaning := _meaning(codes.get(code, "")))}
        return {name: _old_cells(book, start, telling) for name, start in sheets} if telling else {}
    except (struct.error, IndexError, UnicodeDecodeError):
        return {}


def _old_stream(content: bytes) -> bytes:
    """The stream of the workbook out of the compound file that holds it."""
    sector = 1 << struct.unpack_from("<H", content, 30)[0]
    table_sectors = [each for each in struct.unpack_from("<109I", content, 76) if each < _NO_SECTOR]
    more, left = struct.unpack_from("<2I", content, 68)
    left = min(left, len(content) // sector)
    while more < _NO_SECTOR and left:
        entries = struct.unpack_from(f"<{sector // 4}I", content, (more + 1) * sector)
        table_sectors += [each for each in entries[:-1] if each < _NO_SECTOR]
        more, left = entries[-1], left - 1
    table = b"".join(content[(each + 1) * sector : (each + 2) * sector] for each in table_sectors)

    def chain(start: int) -> bytes:
        parts: list[bytes] = []
        while start < _NO_SECTOR and len(parts) * sector <= len(content):
            parts.append(content[(start + 1) * sector : (start + 2) * sector])
            start = struct.unpack_from("<I", table, start * 4)[0]
        return b"".join(parts)

    directory = chain(struct.unpack_from("<I", content, 48)[0])
    for at in range(0, len(directory), 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(length - 2, 0)].decode("utf-16-le")
        start, size = struct.unpack_from("<2I", directory, at + 116)
        if name in ("Workbook", "Book") and size >= struct.unpack_from("<I", content, 56)[0]:
            return chain(start)[:size]
    raise IndexError  # none, or one so small that it lies elsewhere and holds no table


def _old_records(book: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and size of the records up to the end of a part."""
    while at + 4 <= len(book):
        kind, size = struct.unpack_from("<2H", book, at)
        if kind == 0x0A:
            return
        yield kind, at + 4, size
        at += 4 + size


def _old_text(book: bytes, at: int, width: int) -> str:
    """A text with its length, in one byte or two, before it."""
    length = int.from_bytes(book[at : at + width], "little")
    is_wide = book[at + width] & 1
    start = at + width + 1
    return book[start : start + length * (1 + is_wide)].decode("utf-16-le" if is_wide else "latin-1")


def _old_cells(book: bytes, start: int, telling: dict[int, str]) -> Shown:
    found: Shown = {}
    for kind, at, size in _old_records(book, start):
        if kind in (0x203, 0x27E, 0x06):  # NUMBER, RK, FORMULA
            row, column, style = struct.unpack_from("<3H", book, at)
            if style in telling:
                found[row, column] = telling[style]
        elif kind == 0xBD:  # MULRK
            row, column = struct.unpack_from("<2H", book, at)
            for place in range((size - 6) // 6):
                style = struct.unpack_from("<H", book, at + 4 + 6 * place)[0]
                if style in telling:
                    found[row, column + place] = telling[style]
    return found


def answer(content: bytes) -> Iterator[str]:
    """What stands in the file or, as the last line, what is the matter with it."""
    try:
        for line in lines(content):
            yield json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    except _Problem as problem:
        yield json.dumps({"problem": str(problem)})
    except MemoryError:
        yield '{"problem":"too_large"}'
    except BaseException as error:  # whatever a library says of a broken file; a panic of its is no Exception
        encrypted = "password" in f"{type(error).__name__} {error}".lower()
        yield json.dumps({"problem": "encrypted" if encrypted else "damaged"})


if __name__ == "__main__":
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="backslashreplace", newline="\n")
    for line in answer(sys.stdin.buffer.read()):
        out.write(line + "\n")
    out.flush()
