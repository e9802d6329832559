"""Patent numbers and the keys by which every form of a number finds its record."""

import random

import pytest

from catalogue.records.numbers import (
    ApplicationNumber,
    NumberError,
    PublicationNumber,
    check_character,
    index_keys,
    parse_application,
    parse_publication,
    query_keys,
    wrong_check,
)

REAL = ("201110372135.7", "200510136354.X", "95115608.X", "97101765.4", "201020643383.1", "200610171314.3")


def wide(text: str) -> str:
    """The same in full-width characters."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in text)


def some_numbers(count: int) -> list[ApplicationNumber]:
    chance = random.Random(42)
    made = []
    for _ in range(count):
        year = chance.randint(1985, 2030)
        short = year < 2003 or (year == 2003 and chance.random() < 0.5)
        digits = f"{year % 100:02}" if short else str(year)
        digits += chance.choice("12389") + "".join(chance.choices("0123456789", k=5 if short else 7))
        made.append(parse_application(digits))
    return made


def forms(number: ApplicationNumber) -> list[str]:
    """Forms in which people type a number, with its check character."""
    text = str(number)
    return [
        text,
        f"ZL{text}",
        f"zl {text}",
        f"CN{text}",
        f"CN {text.lower()}",
        text.replace(".", ""),
        text.replace(".", "．"),
        number.display(granted=True),
        number.display().lower(),
        wide(number.display(granted=True)),
        f"  ZL：{text} ",
    ]


@pytest.mark.parametrize("text", REAL)
def test_real_numbers_pass(text: str) -> None:
    number = parse_application(text)
    assert str(number) == text
    assert check_character(number.digits) == text[-1]


def test_what_a_number_says() -> None:
    number = parse_application("zl 2010 2 0643383.1")
    assert (number.digits, number.check) == ("201020643383", "1")
    assert (number.filing_year, number.type_digit, number.patent_type) == (2010, "2", "utility_model")
    assert number.display() == "2010 2 0643383.1"
    assert number.display(granted=True) == "ZL 2010 2 0643383.1"
    old = parse_application("95115608.X")
    assert (old.filing_year, old.patent_type, old.display(granted=True)) == (1995, "invention", "ZL 95 1 15608.X")
    assert parse_application("03312345").filing_year == 2003
    assert parse_application("03312345").patent_type == "design"
    assert parse_application("200480012345").patent_type == "invention"
    assert parse_application("200490012345").patent_type == "utility_model"


def test_every_form_is_the_same_number() -> None:
    for number in some_numbers(300):
        for form in [*forms(number), number.digits, f"CN{number.digits}"]:
            assert parse_application(form) == number, form


def test_every_wrong_check_character_is_told_with_the_right_one() -> None:
    for number in some_numbers(100):
        for wrong in set("0123456789X") - {number.check}:
            with pytest.raises(NumberError, match=f"must be {number.check}") as caught:
                parse_application(f"{number.digits}.{wrong}")
            assert (caught.value.reason, caught.value.expected) == ("check", number.check)


def test_a_wrong_digit_is_noticed() -> None:
    # All weights are prime to 11, so changing one digit always changes the check character.
    for number in some_numbers(50):
        for place, digit in enumerate(number.digits):
            changed = number.digits[:place] + str((int(digit) + 3) % 10) + number.digits[place + 1 :]
            assert check_character(changed) != number.check


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "shape"),
        ("ZL", "shape"),
        ("2010206433", "shape"),
        ("2010206433831234", "shape"),
        ("US201020643383", "shape"),
        ("201020643383.Y", "shape"),
        ("199810643383", "year"),
        ("210110643383", "year"),
        ("84101234", "year"),
        ("04101234", "year"),
        ("201040643383", "type"),
        ("95515608", "type"),
    ],
)
def test_what_cannot_be_a_number_is_told(text: str, reason: str) -> None:
    with pytest.raises(NumberError) as caught:
        parse_application(text)
    assert caught.value.reason == reason
    assert caught.value.expected is None


def test_publication_numbers() -> None:
    assert parse_publication("cn 201908138 u") == PublicationNumber("201908138", "U")
    assert str(parse_publication("ＣＮ１２３４５６７Ｃ")) == "CN1234567C"
    assert str(parse_publication("1234567")) == "CN1234567"
    assert parse_publication("CN100123456C1").kind == "C1"
    assert str(parse_publication("CN85100001A")) == "CN85100001A"
    for wrong in ("", "CN12345", "CN1234567AB", "US1234567A", "CN1234567890"):
        with pytest.raises(NumberError):
            parse_publication(wrong)


def test_every_form_of_an_application_number_has_its_key() -> None:
    for number in some_numbers(200):
        (key,) = index_keys([number.digits])
        for stored in (str(number), number.display(granted=True)):
            assert key in index_keys([stored])
        for form in [*forms(number), number.digits]:
            assert key in query_keys(form), form
            assert key in query_keys(f"专利（{form}）的说明"), form
            assert key in query_keys(f"预焙槽 {form} 扩容"), form
        wrong = "0" if number.check != "0" else "1"
        assert key in query_keys(f"{number.digits}.{wrong}")


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("CN201908138U", "201908138"),
        ("CN201908138U", "cn201908138"),
        ("CN201908138U", "CN 201908138 U"),
        ("CN201908138U", "CN201908138B"),
        ("CN1234567C", "1234567"),
        ("1234567", "CN1234567C"),
        ("CN100123456C", "ＣＮ１００１２３４５６Ｃ"),
        ("2005SR01234", "2005sr01234"),
        ("2005SR01234", "2005 SR 01234"),
        ("6322005Y0012", "632-2005-Y-0012"),
        ("632 2005 Y 0012", "６３２２００５ｙ００１２"),
        ("XM-2002-017", "xm2002017"),
        ("XM-2002-017", "ＸＭ－２００２－０１７"),
        ("XM-2002-017", "项目XM-2002-017的鉴定"),
        ("软著登字第0012345号", "软著登字第0012345号"),
        ("软著登字第0012345号", "0012345"),
        ("证书号第4567890号", "证书号 第4567890号"),
        ("国科奖证字2005-J-213-2-01", "2005-J-213-2-01"),
        ("国字第5号", "国字第5号"),
    ],
)
def test_a_number_is_found_in_any_form(stored: str, typed: str) -> None:
    assert set(index_keys([stored])) & set(query_keys(typed))


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("201020643383.1", "201020643384"),
        ("201020643383.1", "2010"),
        ("CN201908138U", "201908139"),
        ("XM-2002-017", "XM-2002-018"),
        ("XM-2002-017", "2002"),
        ("2005SR01234", "01234"),
    ],
)
def test_another_number_is_not_found(stored: str, typed: str) -> None:
    assert not set(index_keys([stored])) & set(query_keys(typed))


def test_words_have_no_keys_and_nothing_breaks() -> None:
    assert query_keys("预焙槽 扩容 anode baking") == ()
    assert query_keys("") == ()
    assert index_keys(["", "  ", "—"]) == ()
    for text in ("\x00" * 50, "1" * 100_000, "1 " * 50_000, "ZL" * 9_999, "\ud800x12345", "１.２.３.４.５.６"):
        assert len(query_keys(text)) < 5_000


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("201110372135.8", "7"),
        ("ZL 2011 1 0372135.8", "7"),
        ("预焙槽 ＺＬ２００５１０１３６３５４．1", "X"),
        ("95115608.1 节能", "X"),
        ("201110372135.7", None),
        ("2011103721358", None),  # thirteen bare digits may be anything
        ("CN201908138U", None),
        ("160kA 2002.5", None),
        ("", None),
    ],
)
def test_a_wrong_check_character_in_a_query_is_told_with_the_right_one(typed: str, right: str | None) -> None:
    found = wrong_check(typed)
    assert (found and found[1].check) == right
