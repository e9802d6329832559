"""Colours, sizes of letters and spacing have names in one style sheet; pages, charts and files take them from there."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Browser, Page

import catalogue
from catalogue.charts import SHADES, TONES
from catalogue.palette import chart_style, colour
from tests.support.serving import served

PACKAGE = Path(catalogue.__file__).parent
CHECKOUT = PACKAGE.parent
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SHEETS = {path.name: COMMENT.sub("", path.read_text("utf-8")) for path in (PACKAGE / "static" / "css").glob("*.css")}
TOKENS = dict(re.findall(r"--([\w-]+):\s*([^;]+);", SHEETS["tokens.css"]))
OTHERS = {name: text for name, text in SHEETS.items() if name != "tokens.css"}
HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b")
DECLARATION = re.compile(r"(?<=[{;\n])\s*([\w-]+):\s*([^;{}]+);")
SPACING = re.compile(r"(?:margin|padding)(?:-\w+)*|(?:row-|column-)?gap|--bs-btn-padding-[xy]")
# What lies between two signs of a length that is neither nothing nor a hairline.
LENGTH = re.compile(r"\b(?!0\b|1px\b)\d*\.?\d+(?:px|rem|pt|mm)\b")


def _declarations(text: str) -> Iterator[tuple[str, str]]:
    """The properties of a sheet with their values, without those of the printed page itself."""
    yield from DECLARATION.findall(re.sub(r"@page\s*{[^}]*}", "", text))


def _full(value: str) -> str:
    return "#" + "".join(2 * digit for digit in value[1:]) if len(value) == 4 else value


def test_there_are_few_colours_and_sizes() -> None:
    colours = {_full(value) for value in HEX.findall(SHEETS["tokens.css"])}
    assert len(colours) <= 20
    translucent = {tuple(map(int, each)) for each in re.findall(r"rgb\((\d+) (\d+) (\d+) /", SHEETS["tokens.css"])}
    assert translucent <= {tuple(bytes.fromhex(each[1:])) for each in colours}, "a shade of a colour that has a name"
    assert len([name for name in TOKENS if name.startswith("font-size-")]) <= 8
    assert len([name for name in TOKENS if name.startswith("space-")]) <= 10


def test_no_other_sheet_names_a_colour_or_a_size() -> None:
    for name, text in OTHERS.items():
        assert HEX.findall(re.sub(r"#[\w-]+(?=[^;{}]*{)", "", text)) == [], name
        assert re.findall(r"\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color|color-mix)a?\(", text) == [], name
        for declaration, value in _declarations(text):
            where = f"{name}: {declaration}: {value}"
            if declaration in ("font-size", "--bs-btn-font-size", "--bs-body-font-size"):
                assert re.fullmatch(r"var\(--font-size-\w+\)", value), where
            if declaration == "font":
                pytest.fail(where)
            if SPACING.fullmatch(declaration):
                assert not LENGTH.search(value), where
            if declaration == "border-radius":
                assert not re.search(r"\dpx", value), where


def test_every_name_is_known_and_used() -> None:
    everything = "".join(SHEETS.values())
    used = set(re.findall(r"var\(--([\w-]+)", everything))
    in_files = set(re.findall(r'colour\("([\w-]+)"\)', "".join(p.read_text("utf-8") for p in PACKAGE.rglob("*.py"))))
    assert in_files <= set(TOKENS)
    assert {name for name in used if not name.startswith("bs-")} <= set(TOKENS)
    assert set(TOKENS) <= used | in_files


def test_pictures_and_programs_name_no_colour_of_their_own() -> None:
    known = {_full(value) for value in HEX.findall(SHEETS["tokens.css"])}
    for path in (PACKAGE / "static" / "img").glob("*.svg"):
        assert {_full(each) for each in HEX.findall(path.read_text("utf-8"))} <= known, path.name
    for path in (*PACKAGE.rglob("*.py"), *(CHECKOUT / "templates").rglob("*.*")):
        assert re.findall(r"[\"'\s]#[0-9a-fA-F]{6}\b", path.read_text("utf-8")) == [], path.name


def _luminance(value: str) -> float:
    shares = [part / 255 for part in bytes.fromhex(value[1:])]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(colour(one)), _luminance(colour(other))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_letters_and_lines_can_be_told_from_what_is_behind_them() -> None:
    pairs = [(dark, behind) for dark in ("ink", "muted", "link", "seal") for behind in ("paper", "card", "wash")]
    pairs += [(hue, f"{hue}-wash") for hue in ("blue", "seal", "gold", "green")]
    pairs += [("muted", "gold-wash"), ("ink", "mark"), ("link", "mark"), ("card", "ink"), ("card", "seal")]
    pairs += [("link", f"{sign}-{shade + 1}") for sign in ("heat", "cold") for shade in range(SHADES)]
    assert {pair: _contrast(*pair) for pair in pairs if _contrast(*pair) < 4.5} == {}
    assert _contrast("control-rule", "card") >= 3
    for stroke in re.findall(r"\.stroke-[\w-]+ {\s*stroke: var\(--([\w-]+)\)", SHEETS["charts.css"]):
        assert _contrast(stroke, "card") >= 3, stroke


def test_every_tone_is_drawn() -> None:
    style = chart_style()
    assert "var(" not in style
    assert "rem" not in style
    for tone in TONES:
        for part in ("tone", "stroke", "point"):
            assert f".{part}-{tone} {{" in style
    for sign in ("heat", "cold"):
        for shade in range(SHADES):
            assert f".tone-{sign}-{shade + 1} {{" in style
        assert f".tone-{sign}-{SHADES + 1}" not in style


@pytest.fixture
def page(app: Flask, browser: Browser) -> Iterator[Page]:
    with served(app) as site:
        page = browser.new_page(base_url=site, locale="zh-CN", viewport={"width": 1440, "height": 900})
        yield page
        page.close()


_FILLS = """() => Object.fromEntries(
  [...document.querySelectorAll('.chart [class*=tone-], [class*=point-], .chart text')].map(
    each => [each.getAttribute('class'), getComputedStyle(each).fill],
  ),
)"""


def _on_white(fill: str) -> str:
    *channels, opacity = [float(each) for each in re.findall(r"[\d.]+", fill)] + [1.0] * fill.startswith("rgb(")
    return str([round(255 + (channel - 255) * opacity) for channel in channels])


@pytest.mark.parametrize("chart", ["bars", "lines", "heat"])
def test_a_chart_in_a_file_has_the_colours_of_the_page(page: Page, client: FlaskClient, chart: str) -> None:
    arguments = f"rows=level&columns=grade&chart={chart}"
    page.goto(f"/tallies/awards?{arguments}")
    on_page = {name: _on_white(fill) for name, fill in page.evaluate(_FILLS).items() if fill.startswith("rgb")}
    page.goto("about:blank")
    page.set_content(client.get(f"/tallies/awards.svg?{arguments}").text)
    in_file = {name: _on_white(fill) for name, fill in page.evaluate(_FILLS).items() if fill.startswith("rgb")}
    shared = on_page.keys() & in_file.keys()
    assert len(shared) >= 8
    assert {name: on_page[name] for name in shared} == {name: in_file[name] for name in shared}


def test_a_picture_has_the_colours_of_the_palette(client: FlaskClient) -> None:
    answer = client.get("/tallies/awards.png?rows=level&columns=grade&chart=bars")
    counted = Image.open(io.BytesIO(answer.data)).convert("RGB").getcolors(1 << 20)
    assert counted is not None
    drawn = {f"#{bytes(pixel).hex()}" for count, pixel in counted if count > 200}
    assert {colour(name) for name in ("seal", "seal-soft", "gold-soft", "green-soft", "card")} <= drawn


_SIZES = """() => [...new Set([...document.body.querySelectorAll('*')]
  .filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()) && each.checkVisibility())
  .map(each => getComputedStyle(each).fontSize))]"""


def test_letters_have_no_other_size_in_the_browser(page: Page) -> None:
    """Bootstrap has sizes of its own for headings, code and legends."""
    known = {f"{float(value.removesuffix('rem')) * 16:g}px" for name, value in TOKENS.items() if "font-size-" in name}
    for address in (
        "/",
        "/search?q=预焙槽",
        "/records/XM-2002-011",
        "/tallies/awards",
        "/api",
        "/search/help",
        "/patterns",
    ):
        page.goto(address)
        assert set(page.evaluate(_SIZES)) <= known, address


_SHOWN = """() => [...document.querySelectorAll('nav, .btn, .search-box, .filters, .menu')]
  .filter(each => each.checkVisibility()).map(each => each.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("address", ["/search?q=阳极&kind=project", "/tallies/awards", "/patents", "/reports/summary"])
def test_on_paper_there_is_nothing_to_click(page: Page, address: str) -> None:
    page.goto(address)
    assert page.evaluate(_SHOWN) != []
    page.emulate_media(media="print")
    assert page.evaluate(_SHOWN) == []
