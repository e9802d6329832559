"""What a new password must be, and how passwords are kept."""

import pytest
from flask import Flask

from catalogue.accounts import passwords
from catalogue.accounts.passwords import check_new_password, hash_password, is_outdated, is_password
from catalogue.errors import InvalidInput

NAMES = ("zhangwei", "张伟 Zhang Wei")


@pytest.mark.parametrize(
    "password",
    [
        "短密码",
        "elevenchars",
        "x" * 201,
        "aaaaaaaaaaaaaaaa",
        "xy!xy!xy!xy!xy!xy!",
        "123456789012",
        "098765432109",
        "abcdefghijkl",
        "qwertyuiop[]asdf",
        "Password12345!",
        "P@ssw0rd2024!",
        "woaini1314520",
        "woaini5201314..",
        "WoAiNi20081001",
        "1qaz2wsx3edc",
        "1QAZ2WSX!@#$",
        "admin888888888",
        "a123456789012",
        "zhangwei2006!",
        "zhangweizhangwei",
        "张伟张伟张伟张伟张伟张伟",
        "ｐａｓｓｗｏｒｄ１２３４",
    ],
)
def test_what_is_guessed_first_is_refused(app: Flask, password: str) -> None:
    with app.test_request_context(), pytest.raises(InvalidInput) as refusal:
        check_new_password(password, password, *NAMES)
    assert refusal.value.place == "password"


@pytest.mark.parametrize(
    "password",
    [
        "阳极钢爪每月检查一次要记录",
        "third tapping crew likes tea",
        "correct horse battery staple",
        "k7#pQ!zT0v$e",
        "槽控机的钥匙在左边抽屉里",
        "my dog chased 14 grey geese",
    ],
)
def test_sentences_and_random_signs_are_taken(app: Flask, password: str) -> None:
    with app.test_request_context():
        check_new_password(password, password, *NAMES)


def test_the_second_time_must_be_the_same(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(InvalidInput) as refusal:
        check_new_password("third tapping crew", "third tapping crow")
    assert refusal.value.place == "again"


@pytest.mark.usefixtures("site_hashes")
def test_passwords_are_kept_as_argon2id_at_the_cost_that_its_rfc_recommends() -> None:
    kept = hash_password("tea for the third crew")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")  # RFC 9106, the second recommended option
    assert is_password(kept, "tea for the third crew")


def test_half_width_is_full_width() -> None:
    kept = hash_password("ｔｅａ for the third crew")
    assert is_password(kept, "tea for the third crew")
    assert not is_password(kept, "Tea for the third crew")
    assert not is_password("", "tea for the third crew")
    assert not is_password("!", "tea for the third crew")


def test_a_hash_of_other_parameters_is_outdated(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = hash_password("tea for the third crew")
    assert not is_outdated(kept)
    monkeypatch.setattr(passwords, "_HASHER", type(passwords._HASHER)(time_cost=4))
    assert is_outdated(kept)
