"""Blocklist, and the list that is shipped."""

from __future__ import annotations

import re
import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.policies import _blocklist_data
from okmate_auth.policies.blocklist import SHIPPED, Blocklist, ShippedPasswords, shipped
from okmate_auth.policies.folding import folded
from okmate_auth.policies.guessable import Blocklisted
from okmate_auth.policies.password_rules import NIST_LOGIN_PASSWORD, OKMATE_LOGIN_PASSWORD
from tests.password_contexts import any_text, codes
from tests.unchecked import unchecked

FITS = re.compile(r"(?=.*[a-z])(?=.*[0-9])[a-z0-9]{6,12}")
PASSWORDS = _blocklist_data.PASSWORDS.split()
WORDS = _blocklist_data.WORDS.split()


def test_the_shipped_list_is_large_enough() -> None:
    """More than 3,000 entries fit the procedure's rule, and more than 3,000 one of eight characters (ASVS 6.2.4)."""
    assert sum(FITS.fullmatch(password) is not None for password in PASSWORDS) >= 10_000
    assert sum(len(password) >= 8 for password in PASSWORDS) >= 5_000
    assert len(WORDS) >= 8_000


def test_the_shipped_list_is_in_order() -> None:
    """Entries are folded, unique and sorted, so that a new version of the list can be compared with the old."""
    for listed in (PASSWORDS, WORDS):
        assert listed == sorted(set(listed))
        assert all(folded(entry) == entry for entry in listed)
    assert all(re.fullmatch("[a-z]{3,11}", word) for word in WORDS)


def test_the_shipped_list_carries_its_licence() -> None:
    """Where the words come from and the permission notice they are given under travel with them."""
    notice = _blocklist_data.__doc__ or ""
    for part in (
        "@zxcvbn-ts/language-common",
        "@zxcvbn-ts/language-ja",
        "Permission is hereby granted",
        "Copyright (c)",
    ):
        assert part in notice


def test_every_fitting_entry_is_refused() -> None:
    """Each listed password that the procedure's rule lets through is refused as common, in capitals as well."""
    for password in filter(FITS.fullmatch, PASSWORDS):
        assert "common" in codes(OKMATE_LOGIN_PASSWORD, password), password
        assert "common" in codes(OKMATE_LOGIN_PASSWORD, password.upper()), password


def test_every_long_entry_is_refused() -> None:
    """Each listed password that a policy after NIST SP 800-63B-4 lets through is refused as common."""
    long = [password for password in PASSWORDS if len(password) >= 15]
    assert len(long) >= 20
    for password in long:
        assert codes(NIST_LOGIN_PASSWORD, password) == ["common"]


@given(st.sampled_from(PASSWORDS), st.randoms(use_true_random=False))
def test_no_spelling_of_an_entry_passes(password: str, random: Random) -> None:
    """Random capitals, full width, zero-width characters, padding and repetition hide no listed password."""
    mixed = "".join(random.choice([char, char.upper()]) for char in password)
    wide = "".join(random.choice([char, chr(ord(char) + 0xFEE0)]) for char in mixed)
    hidden = "\u200b".join(wide)
    for spelling in (mixed, wide, hidden, f"  {mixed}\t", mixed + "!" * 9, f"**{wide}**", mixed * 3):
        assert codes(Blocklisted(), spelling) == ["common"], spelling


@given(st.sampled_from(WORDS), st.sampled_from(["", "1", "99", "123", "2024", "0401", "19800401", "777"]))
def test_words_are_refused_with_predictable_digits(word: str, digits: str) -> None:
    """A word or name is refused with the digits that people put before or after it."""
    assert shipped().contains(word + digits)
    assert shipped().contains(digits + word)
    assert shipped().contains(f"12{word}{digits}")


@pytest.mark.parametrize(
    "password",
    [
        "takeshi8305",
        "8305takeshi",
        "83dragon05x",
        "kaeru7wq2m",
        "h8kq2w",
        "correct horse battery staple",
        "dra1gon",
        "",
        "漢字かな",
    ],
)
def test_other_passwords_are_not_refused(password: str) -> None:
    """Digits that nobody tries first, and words that are merely part of something, are left alone."""
    assert not shipped().contains(password)


def test_the_shipped_list_is_made_once_and_quickly() -> None:
    """Making the list takes far less than a second, and it is kept."""
    shipped.cache_clear()
    before = time.perf_counter()
    made = shipped()
    assert time.perf_counter() - before < 0.5
    assert shipped() is made
    assert ShippedPasswords() == SHIPPED
    assert SHIPPED.contains("password1")
    assert not SHIPPED.contains("kaeru7wq2m")


def test_a_list_folds_what_it_is_given() -> None:
    """A bank's words are found however it spelled them."""
    made = Blocklist.of(["Hunter22", "ｆｕｌｌ２２"], words=["Tanabata"])
    assert [made.contains(word) for word in ("hunter22", "full22", "tanabata", "tanabata99")] == [True] * 4
    assert [made.contains(word) for word in ("Hunter22", "hunter", "tanabata427", "password1")] == [False] * 4
    assert len(made) == 3


def test_a_list_grows_by_making_another() -> None:
    """The first list stays as it was."""
    first = Blocklist.of(["hunter22"])
    second = first.with_passwords(["fisher33"]).with_words(["tanabata"])
    assert second.contains("hunter22")
    assert second.contains("fisher33")
    assert second.contains("tanabata1")
    assert not first.contains("fisher33")
    assert not first.contains("tanabata1")
    assert (len(first), len(second)) == (1, 3)


@pytest.mark.parametrize("nothing", [[], [""], ["\u200b"]])
def test_an_empty_list_is_refused(nothing: list[str]) -> None:
    """A list that would refuse nothing is a mistake."""
    with pytest.raises(ConfigurationError):
        Blocklist.of(nothing)
    with pytest.raises(ConfigurationError):
        Blocklist(passwords=frozenset())


@pytest.mark.parametrize("words", ["kanari4", [b"kanari4"], [1], [None]])
def test_only_several_texts_make_a_list(words: object) -> None:
    """One text in the place of several would be taken for its letters; neither it nor other types are accepted."""
    for make in (Blocklist.of, shipped().with_passwords, shipped().with_words):
        with pytest.raises(MisuseError) as caught:
            make(unchecked(words))
        assert "kanari4" not in str(caught.value)


def test_a_list_does_not_spill_into_a_log() -> None:
    """The representation tells numbers only."""
    assert repr(Blocklist.of(["kanari4"], words=["tanabata"])) == "Blocklist(1 passwords, 1 words)"


@given(any_text)
def test_any_text_can_be_looked_up(text: str) -> None:
    """Looking up never fails, and a text that was listed is found in its folded form."""
    assert isinstance(shipped().contains(text), bool)
    if folded(text):
        assert Blocklist.of([text]).contains(folded(text))
