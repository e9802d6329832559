"""Names of files, mended such that every system keeps them and nothing is hidden."""

import pytest

from catalogue.attachments.file_names import ending_of, mended


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("鉴定证书（扫描件）.pdf", "鉴定证书（扫描件）.pdf"),
        ("../../x.pdf", "x.pdf"),
        ("C:\\Users\\..\\x.pdf", "x.pdf"),
        ("/etc/", "etc"),
        ("a\0b\r\n\t.pdf", "ab.pdf"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\u200b\ufeff b.pdf", "a b.pdf"),
        ('a";\r\nSet-Cookie: x=1.pdf', "a_;Set-Cookie_ x=1.pdf"),
        ("a:b|c*d?.pdf", "a_b_c_d_.pdf"),
        ("con.pdf", "_con.pdf"),
        ("NUL", "_NUL"),
        ("com1.tar.pdf", "_com1.tar.pdf"),
        ("lpt¹.pdf", "_lpt¹.pdf"),
        ("concert.pdf", "concert.pdf"),
        ("  .hidden.pdf . ", "hidden.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("", "_"),
        ("...", "_"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
        ("证" * 300 + ".pdf", "证" * 65 + ".pdf"),
        ("a." + "b" * 300, "a." + "b" * 118),
    ],
)
def test_names_are_mended(name: str, expected: str) -> None:
    assert mended(name) == expected
    assert mended(expected) == expected
    assert len(expected.encode()) <= 200


@pytest.mark.parametrize(
    ("name", "ending"),
    [("a.PDF", ".pdf"), ("a.pdf.html", ".html"), ("a", ""), (".pdf", ""), ("a. 2003 年的报告全文及附录", "")],
)
def test_endings(name: str, ending: str) -> None:
    assert ending_of(name) == ending
