"""PasswordRules: everything wrong with a new password at once, and nothing told of one that is entered."""

from __future__ import annotations

import time
import unicodedata
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.factors import CONFIRMATION_PASSWORD
from okmate_auth.policies.half_width import EXAMINED
from okmate_auth.policies.passwords import (
    Length,
    Normalisation,
    PasswordContext,
    PasswordRules,
    same_password,
)
from okmate_auth.secret import Secret
from okmate_auth.violations import Violation
from tests.password_contexts import FIELD, NOBODY, any_text, codes
from tests.unchecked import unchecked

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMS: tuple[Normalisation, ...] = ("none", "NFC", "NFKC")


@attrs.frozen
class Never:
    """A rule that nothing keeps, told twice."""

    code: str

    def check(self, candidate: Secret, context: PasswordContext, /) -> Iterable[Violation]:
        """Break."""
        assert isinstance(candidate, Secret)
        return [Violation(self.code, context.field), Violation(self.code, context.field)]


@attrs.frozen
class Unbounded:
    """A rule that remembers how long a candidate it was given."""

    seen: list[int]

    def check(self, candidate: Secret, context: PasswordContext, /) -> Iterable[Violation]:
        """Break nothing."""
        assert context.field == FIELD
        self.seen.append(len(candidate))
        return ()


def any_length(normalisation: Normalisation = "none") -> PasswordRules:
    """Return the widest policy there is."""
    return PasswordRules(rules=(Length(1, EXAMINED),), normalisation=normalisation)


@given(
    st.integers(min_value=2, max_value=60), st.integers(min_value=0, max_value=60), st.sampled_from("a漢🏦\u3099\udcff")
)
def test_length_counts_code_points_inclusively(minimum: int, more: int, char: str) -> None:
    """One below the minimum and one above the maximum are refused with the limit, astral and combining ones alike."""
    rules = PasswordRules(rules=(Length(minimum, minimum + more),))
    assert rules.violations(Secret(char * (minimum - 1)), NOBODY) == (
        Violation("too-short", FIELD, {"minimum": minimum}),
    )
    assert codes(rules, char * minimum) == []
    assert codes(rules, char * (minimum + more)) == []
    assert rules.violations(Secret(char * (minimum + more + 1)), NOBODY) == (
        Violation("too-long", FIELD, {"maximum": minimum + more}),
    )


@pytest.mark.parametrize(
    ("minimum", "maximum"), [(0, 5), (-1, 5), (6, 5), (1, EXAMINED + 1), (True, 5), ("1", 5), (1, 5.0), (None, None)]
)
def test_contradictory_lengths_are_refused(minimum: object, maximum: object) -> None:
    """A length that can't be kept, or is no number, is refused when it is made."""
    with pytest.raises(ConfigurationError):
        Length(unchecked(minimum), unchecked(maximum))


@pytest.mark.parametrize(
    ("rules", "normalisation"),
    [
        ((), "none"),
        ((Never("a"),), "none"),
        ((Length(1, 2), Length(1, 3)), "none"),
        ((Length(1, 2), "rule"), "none"),
        ((Length(1, 2), None), "none"),
        ((Length(1, 2),), "NFD"),
        ((Length(1, 2),), ""),
        ((Length(1, 2),), None),
    ],
)
def test_an_unsafe_policy_is_refused(rules: tuple[object, ...], normalisation: object) -> None:
    """No rules, no length or two, something that is no rule, an unknown normal form: no policy."""
    with pytest.raises(ConfigurationError):
        PasswordRules(rules=unchecked(rules), normalisation=unchecked(normalisation))


def test_everything_is_told_once_in_the_order_of_the_rules() -> None:
    """All rules are asked whatever the first ones say, and a violation that two rules tell is told once."""
    rules = PasswordRules(rules=[Never("b"), Length(6, 12), Never("a"), Never("b")])
    assert codes(rules, "xyz") == ["b", "too-short", "a"]
    assert codes(rules, "xyz" * 5) == ["b", "too-long", "a"]
    assert rules.rules == (Never("b"), Length(6, 12), Never("a"), Never("b"))
    assert (rules.minimum, rules.maximum, rules.length) == (6, 12, Length(6, 12))


def test_an_empty_password_is_just_empty() -> None:
    """Nothing else is said of nothing."""
    rules = PasswordRules(rules=(Length(6, 12), Never("a")))
    assert rules.violations(Secret(""), NOBODY) == (Violation("empty", FIELD),)


def test_a_policy_is_extended_by_making_another() -> None:
    """A bank's rule comes at the end; the first policy stays as it was."""
    first = any_length("NFC")
    second = first.extended(Never("a"), Never("b"))
    assert codes(second, "xyz") == ["a", "b"]
    assert codes(first, "xyz") == []
    assert second.normalisation == "NFC"
    with pytest.raises(ConfigurationError):
        first.extended(Length(1, 2))


@pytest.mark.parametrize("length", [EXAMINED - 1, EXAMINED, EXAMINED + 1])
@pytest.mark.parametrize("form", FORMS)
def test_beyond_the_bound_no_rule_is_asked(length: int, form: Normalisation) -> None:
    """1024 code points are judged by the rules, one more is too long and nothing else."""
    seen: list[int] = []
    rules = PasswordRules(rules=(Length(1, 12), Unbounded(seen), Never("a")), normalisation=form)
    if length > EXAMINED:
        assert rules.violations(Secret("x" * length), NOBODY) == (Violation("too-long", FIELD, {"maximum": 12}),)
        assert seen == []
    else:
        assert codes(rules, "x" * length) == ["too-long", "a"]
        assert seen == [length]


@pytest.mark.parametrize(
    ("text", "form", "well_formed"),
    [
        ("\ufdfa" * (EXAMINED // 18), "NFKC", True),  # each becomes 18 code points
        ("\ufdfa" * (EXAMINED // 18 + 1), "NFKC", False),
        ("\ufdfa" * EXAMINED, "NFC", True),
        ("\ufdfa" * EXAMINED, "none", True),
        ("\u0958" * (EXAMINED // 2), "NFC", True),  # each becomes 2 even composed
        ("\u0958" * (EXAMINED // 2 + 1), "NFC", False),
        ("か\u3099" * (EXAMINED // 2), "NFC", True),  # each pair becomes 1, but the bound holds before as well
        ("か\u3099" * (EXAMINED // 2 + 1), "NFC", False),
        ("", "NFC", True),
        ("\udcff\0", "NFC", True),
    ],
)
def test_the_bound_holds_before_and_after_normalisation(text: str, form: Normalisation, *, well_formed: bool) -> None:
    """A text that is, or becomes, longer than 1024 code points is never judged, hashed or searched."""
    rules = any_length(form)
    secret = Secret(text)
    assert rules.well_formed(secret) is well_formed
    if well_formed:
        assert len(rules.normalised(secret)) <= EXAMINED
    else:
        assert codes(rules, text) == ["too-long"]
        with pytest.raises(MisuseError):
            rules.normalised(secret)


@given(any_text, st.sampled_from(FORMS))
def test_an_entered_password_meets_no_rule(text: str, form: Normalisation) -> None:
    """Whatever a policy asks of new passwords, any short text entered at a login is judged and nothing told of it."""
    rules = PasswordRules(rules=(Length(6, 12), Never("a")), normalisation=form)
    assert rules.well_formed(Secret(text))


@given(any_text, st.sampled_from(FORMS))
def test_normalising_twice_is_normalising_once(text: str, form: Normalisation) -> None:
    """What is hashed at set is what is hashed at verify, also if somebody normalises it once more."""
    rules = any_length(form)
    once = rules.normalised(Secret(text))
    assert rules.normalised(once) == once
    if form == "none":
        assert once.reveal() == text
    else:
        assert once.reveal() == unicodedata.normalize(form, text)


@pytest.mark.parametrize(
    ("one", "other", "form", "alike"),
    [
        ("が", "か\u3099", "none", False),
        ("が", "か\u3099", "NFC", True),
        ("が", "か\u3099", "NFKC", True),
        ("Å", "\u212b", "NFC", True),
        ("ａｂｃ", "abc", "NFC", False),
        ("ａｂｃ", "abc", "NFKC", True),
        ("abc", "ABC", "NFKC", False),
        ("abc", " abc", "NFKC", False),
        ("abc", "abc\0", "NFKC", False),
        ("straße", "strasse", "NFKC", False),
    ],
)
def test_twins_verify_alike_by_the_documented_form_only(
    one: str, other: str, form: Normalisation, *, alike: bool
) -> None:
    """Only the named Unicode form makes two spellings one: no case folding, no trimming, no end at a NUL."""
    rules = any_length(form)
    assert (rules.normalised(Secret(one)) == rules.normalised(Secret(other))) is alike


@given(any_text)
def test_same_password_is_an_equivalence_with_the_normal_form(text: str) -> None:
    """A text is the same as itself and as its normal forms, and not as itself and something more."""
    assert same_password(Secret(text), Secret(text))
    assert same_password(Secret(text), Secret(unicodedata.normalize("NFKD", text)))
    assert not same_password(Secret(text), Secret(text + "x"))


def test_length_is_counted_in_the_form_that_is_hashed() -> None:
    """Seven decomposed letters are seven characters, not fourteen: a system's own way of typing changes nothing."""
    rules = PasswordRules(rules=(Length(8, 64),), normalisation="NFC")
    assert codes(rules, "か\u3099" * 7) == ["too-short"]
    assert codes(rules, "か\u3099" * 8) == []
    assert codes(rules, "か\u3099" * 64) == []
    assert codes(rules, "か\u3099" * 65) == ["too-long"]


@pytest.mark.parametrize("value", [None, "kanari4", b"kanari4", 1, ["kanari4"]])
def test_only_a_secret_is_judged(value: object) -> None:
    """A password that is not wrapped is the program's fault, and is not shown."""
    rules = any_length()
    for call in (rules.well_formed, rules.normalised, lambda given_value: rules.violations(given_value, NOBODY)):
        with pytest.raises(MisuseError, match=r"^a password must be a Secret$"):
            call(unchecked(value))


def test_a_context_is_a_snapshot() -> None:
    """Changing what a context was made of does not change it, and it can't be changed itself."""
    others: dict[str, Secret | None] = {CONFIRMATION_PASSWORD: None}
    made = PasswordContext(field=FIELD, login_id="hanako55", others=others, words=["a"])
    others[CONFIRMATION_PASSWORD] = Secret("kanari4")
    assert made.others == {CONFIRMATION_PASSWORD: None}
    assert made.words == ("a",)
    with pytest.raises(TypeError):
        unchecked(made.others)[CONFIRMATION_PASSWORD] = None
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        unchecked(made).field = "other"


@pytest.mark.parametrize(
    "wrong",
    [
        {"others": {CONFIRMATION_PASSWORD: "kanari4"}},
        {"currents": ("kanari4",)},
        {"currents": (None,)},
        {"words": "kanari4"},
        {"words": (b"kanari4",)},
    ],
)
def test_a_context_of_wrong_types_is_misuse(wrong: dict[str, object]) -> None:
    """A password that is not wrapped, or words that are none, are refused and not shown."""
    fields: dict[str, Any] = {"field": FIELD, "login_id": "hanako55", "others": {}, **wrong}
    with pytest.raises(MisuseError) as caught:
        PasswordContext(**fields)
    assert "kanari4" not in str(caught.value)


def test_a_context_shows_no_password() -> None:
    """Neither the other nor the current passwords are in its representation."""
    made = PasswordContext(
        field=FIELD,
        login_id="hanako55",
        others={CONFIRMATION_PASSWORD: Secret("kanari4")},
        currents=(Secret("kanari5"),),
    )
    assert "kanari" not in repr(made)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("char", ["a", "\ufdfa", "\U0001f3e6"])
def test_a_huge_password_costs_nothing(form: Normalisation, char: str) -> None:
    """Twenty-five million code points, 100 MB where they are astral, are refused before anything is done with them."""
    huge = Secret(char * 25_000_000)
    rules = PasswordRules(rules=(Length(6, 12), Never("a")), normalisation=form)
    before = time.perf_counter()
    assert [violation.code for violation in rules.violations(huge, NOBODY)] == ["too-long"]
    assert not rules.well_formed(huge)
    assert time.perf_counter() - before < 0.2
