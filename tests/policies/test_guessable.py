"""Rules about what somebody who guesses tries first."""

from __future__ import annotations

import time

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.policies.blocklist import Blocklist
from okmate_auth.policies.guessable import Blocklisted, ContextWords, forms
from okmate_auth.policies.half_width import EXAMINED
from tests.password_contexts import any_text, codes, context
from tests.unchecked import unchecked


@attrs.frozen
class Recorder:
    """A bank's own list, which writes down what it is asked."""

    asked: list[str]

    def contains(self, password: str, /) -> bool:
        """Know one password in its exact spelling."""
        self.asked.append(password)
        return password == "Zq7-Leaked"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", ["abc"]),
        ("ABC", ["ABC", "abc"]),
        (" Abc! ", [" Abc! ", " abc! ", "abc"]),
        ("abcabc", ["abcabc", "abc"]),
        ("!!!!", ["!!!!", "!"]),
        ("abc!abc!", ["abc!abc!", "abc!abc", "abc!"]),
        ("", []),
        ("\u200b", ["\u200b"]),
    ],
)
def test_forms_are_told_once_and_never_empty(text: str, expected: list[str]) -> None:
    """As it is, folded, without padding, said once: each form once, and none that is nothing."""
    assert list(forms(text)) == expected


def test_a_banks_list_is_asked_for_the_exact_text_first() -> None:
    """A corpus of exact passwords, such as one kept by hash, is asked as typed and then for the folded forms."""
    recorder = Recorder([])
    assert codes(Blocklisted(recorder), "Zq7-Leaked") == ["common"]
    assert recorder.asked == ["Zq7-Leaked"]
    assert codes(Blocklisted(recorder), "Zq7-Other!") == []
    assert recorder.asked[1:] == ["Zq7-Other!", "zq7-other!", "zq7-other"]


@pytest.mark.parametrize(
    "text", ["qwerty1234", "aaaaaaaa", "a1234567", "ＡＢＣＤＥＦ１", "123456789012345", "abc1abc1abc1"]
)
def test_patterns_are_common_whatever_the_list(text: str) -> None:
    """What is nothing but a pattern is refused although a list of one word does not know it."""
    assert codes(Blocklisted(Blocklist.of(["hunter22"])), text) == ["common"]


def test_a_longer_text_is_not_looked_up() -> None:
    """Up to 1024 code points are looked up; what is longer is too long anyway, and costs nothing."""
    recorder = Recorder([])
    assert codes(Blocklisted(recorder), "ab!9" * (EXAMINED // 4)) == []
    assert recorder.asked
    recorder.asked.clear()
    assert codes(Blocklisted(recorder), "x" * (EXAMINED + 1)) == []
    assert recorder.asked == []


@pytest.mark.parametrize("listed", [None, ["password"], "password"])
def test_a_list_can_be_asked(listed: object) -> None:
    """What has no contains is refused when the rule is made."""
    with pytest.raises(ConfigurationError):
        Blocklisted(unchecked(listed))


@pytest.mark.parametrize(
    ("candidate", "refused"),
    [
        ("okmate", True),
        ("OKmate24", True),
        ("24okmate", True),
        ("ｏｋｍａｔｅ１", True),
        ("ok-mate1", True),
        ("etamko77", True),
        ("okmateokmate", True),
        ("okmatewxyz", True),
        ("okmatevwxyz", False),
        ("okmate12345678", True),
        ("etamko12345678", True),
        ("okmat12345x", False),
        ("ogk2024", True),
        ("xogk24", False),
        ("hanako55", True),
        ("HANAKO55", True),
        ("55okanah", True),
        ("hanako99", True),
        ("hanako9x7q", True),
        ("hanakoq9x7z", False),
        ("hana55ko", False),
        ("ja2024", True),
        ("xja2024", False),
        ("aj2024", False),
        ("x2024", False),
        ("kyoritsu1", True),
        ("ogakikyoritsu", True),
        ("seaofkk1", True),
        ("of2024", False),
        ("7654321abc", True),
        ("大垣共立1", True),
        ("tiger8x2kq", False),
        ("", False),
    ],
)
def test_context_words_and_their_derivatives_are_refused(candidate: str, *, refused: bool) -> None:
    """A word with digits around it, backwards, repeated, or with at most four other characters is refused."""
    rule = ContextWords(("okmate",))
    given_context = context(words=("Ogaki Kyoritsu", "Sea of K.K.", "JA", "Ogk", "x", "", "7654321", "大垣共立"))
    assert codes(rule, candidate, given_context) == (["context-word"] if refused else [])


@given(st.from_regex(r"[A-Za-z0-9]{6,12}", fullmatch=True), st.integers(min_value=0, max_value=9999))
def test_no_login_id_becomes_a_password_by_adding_digits(login_id: str, number: int) -> None:
    """Whatever the login ID, it is refused as a password: alone, in other case, and with digits at either end."""
    given_context = context(login_id=login_id)
    for candidate in (login_id, login_id.swapcase(), f"{login_id}{number}", f"{number}{login_id}"):
        assert codes(ContextWords(), candidate, given_context) == ["context-word"]


def test_an_id_of_digits_leaves_no_empty_word() -> None:
    """Without its digits such an ID is nothing, and nothing is no word."""
    assert codes(ContextWords(), "tiger8x2kq", context(login_id="123456")) == []


@given(any_text, any_text, any_text)
def test_any_text_can_be_compared(candidate: str, word: str, login_id: str) -> None:
    """No text makes a rule fail, and a violation never shows a part of the candidate or a word."""
    given_context = context(login_id=login_id, words=(word,))
    for rule in (ContextWords((word,)), Blocklisted()):
        assert codes(rule, candidate, given_context) in ([], ["context-word"], ["common"])


@pytest.mark.parametrize("words", ["okmate", [1], [b"okmate"]])
def test_context_words_are_several_texts(words: object) -> None:
    """One text in the place of several is misuse: its letters would match nothing."""
    with pytest.raises(MisuseError):
        ContextWords(unchecked(words))


@pytest.mark.parametrize("char", ["a", "1", "\ufdfa", "\U0001f3e6", "か\u3099", "\udcff", "!"])
def test_rules_take_little_time_on_huge_texts(char: str) -> None:
    """Ten million code points are judged as quickly as a thousand."""
    huge = (char * 10_000_000)[:10_000_000]
    before = time.perf_counter()
    codes(Blocklisted(), huge)
    codes(ContextWords(("okmate",)), huge)
    assert time.perf_counter() - before < 1
