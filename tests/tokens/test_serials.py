"""Serial numbers: form, one spelling, and what looks alike."""

from __future__ import annotations

import string
import time
from typing import Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from okmate_auth.errors import MisuseError
from okmate_auth.tokens import canonical_serial, serial_skeleton, serial_violations
from okmate_auth.violations import Violation
from tests.unchecked import unchecked

GOOD: Final = string.ascii_letters + string.digits
FOR_THE_EYE: Final = "- "

typed = st.text(alphabet=GOOD + FOR_THE_EYE, max_size=50)
any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)
numbers = st.text(alphabet=string.ascii_uppercase + string.digits, min_size=4, max_size=32)


def codes(text: str) -> list[str]:
    """Return the codes for a text."""
    return [violation.code for violation in serial_violations(text)]


# --------------------------------------------------------------------------------------------------------------- form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["empty"]),
        ("A12", ["malformed-serial"]),
        ("AB12", []),
        ("A" * 32, []),
        ("A" * 33, ["malformed-serial"]),
        ("-".join("A" * 24) + " ", []),  # 24 with 24 for the eye
        ("-" * 44 + "AB12", []),
        ("-" * 45 + "AB12", ["too-long"]),
        ("A" * 49, ["too-long"]),
        ("0000", []),
        ("tk-000 001", []),
        (" TK000001 ", []),
        ("    ", ["malformed-serial"]),
        ("----", ["malformed-serial"]),
        ("A-1 2", ["malformed-serial"]),
        ("ＴＫ０００００１", ["full-width"]),
        ("TK00000１", ["full-width"]),
        ("TK　000001", ["full-width"]),  # an ideographic space
        ("シリアル", ["full-width"]),
        ("TK_000001", ["malformed-serial"]),
        ("TK.000001", ["malformed-serial"]),
        ("TK\t000001", ["malformed-serial"]),
        ("TK000001\n", ["malformed-serial"]),
        ("TK\x00000001", ["malformed-serial"]),
        ("TK\u00a0000001", ["malformed-serial"]),  # a space that is none of ours
        ("TK\u2010000001", ["malformed-serial"]),  # nor is this hyphen
        ("TK\u2212000001", ["malformed-serial"]),  # nor this minus
        ("TK\u200b000001", ["malformed-serial"]),
        ("ＴK\u200b000001", ["full-width"]),
        ("TK00000١", ["malformed-serial"]),  # Arabic-Indic
        ("ТК000001", ["malformed-serial"]),  # Cyrillic
        ("ſerial01", ["malformed-serial"]),  # long s, whose capital is S
        ("TKß0001", ["malformed-serial"]),  # whose capital is SS
        ("TK\ud800000001", ["malformed-serial"]),
        ("'; DROP TABLE --", ["malformed-serial"]),
    ],
)
def test_what_is_a_serial_number(text: str, expected: list[str]) -> None:
    """Four to 32 half-width letters and digits, hyphens and spaces apart; at most 48 characters in all."""
    assert codes(text) == expected


@given(any_text | typed)
def test_the_form_is_the_set_of_its_characters(text: str) -> None:
    """Any text is a serial number exactly if nothing is wrong with it, and has one spelling exactly then."""
    bare = [char for char in text if char not in FOR_THE_EYE]
    good = len(text) <= 48 and 4 <= len(bare) <= 32 and set(bare) <= set(GOOD)
    assert (serial_violations(text) == ()) is good
    if good:
        assert canonical_serial(text) == "".join(bare).upper()
    else:
        with pytest.raises(MisuseError, match=r"after its form was checked, not before$"):
            canonical_serial(text)


@given(any_text)
def test_violations_name_the_field_and_show_nothing(text: str) -> None:
    """The field is the command's, by default serial; there is one violation at most, and no part of the text in it."""
    violations = serial_violations(text, field="serials")
    assert len(violations) <= 1
    assert all(violation.field == "serials" for violation in violations)
    assert all(violation.parameters in ({}, {"maximum": 48}) for violation in violations)
    assert serial_violations("A" * 49) == (Violation("too-long", "serial", {"maximum": 48}),)


@pytest.mark.parametrize("char", ["A", "-", "Ａ", "\ud800"])
def test_ten_megabytes_are_judged_like_a_line(char: str) -> None:
    """The length is asked first, of the form and of the spelling."""
    huge = char * 10_000_000
    before = time.perf_counter()
    assert codes(huge) == ["too-long"]
    with pytest.raises(MisuseError):
        canonical_serial(huge)
    assert time.perf_counter() - before < 0.1


@pytest.mark.parametrize("bad", [None, 123456, b"TK000001", ["TK000001"]])
def test_only_text_is_judged(bad: object) -> None:
    """Another type is the program's fault, named by field."""
    with pytest.raises(MisuseError, match=r"^serials must be text$"):
        serial_violations(unchecked(bad), field="serials")
    with pytest.raises(MisuseError, match=r"^serial must be text$"):
        canonical_serial(unchecked(bad))


# ------------------------------------------------------------------------------------------------------- one spelling


@given(numbers, st.data())
def test_case_hyphens_and_spaces_are_for_the_eye(number: str, data: st.DataObject) -> None:
    """However a number is typed, in groups, in small letters, with spaces around, it is the same one."""
    breaks = data.draw(st.lists(st.sampled_from(["", "-", " "]), min_size=len(number) + 1, max_size=len(number) + 1))
    lowered = data.draw(st.lists(st.booleans(), min_size=len(number), max_size=len(number)))
    chars = [char.lower() if low else char for char, low in zip(number, lowered, strict=True)]
    text = breaks[0] + "".join(f"{char}{gap}" for char, gap in zip(chars, breaks[1:], strict=True))
    assume(len(text) <= 48)
    assert canonical_serial(text) == number


@given(typed)
def test_the_one_spelling_is_its_own(text: str) -> None:
    """Making it canonical again changes nothing."""
    assume(not serial_violations(text))
    number = canonical_serial(text)
    assert canonical_serial(number) == number
    assert serial_violations(number) == ()


@given(numbers, numbers)
def test_other_numbers_stay_other_numbers(one: str, other: str) -> None:
    """Only what differs in nothing but case, hyphens and spaces is one number: an O is no 0 here."""
    assert (canonical_serial(one) == canonical_serial(other)) is (one == other)
    assert canonical_serial("TKO00001") != canonical_serial("TK000001")


# --------------------------------------------------------------------------------------------------- what looks alike

ALIKE: Final = ("0OQD", "1IL", "2Z", "5S", "6G", "8B")
"""What is taken for each other on a label."""


@given(numbers, st.data())
def test_numbers_that_look_alike_share_their_skeleton(number: str, data: st.DataObject) -> None:
    """Whichever letters of a number are exchanged for those that look like them, the skeleton stays (A76)."""
    chosen = [data.draw(st.sampled_from(next((one for one in ALIKE if char in one), char))) for char in number]
    assert serial_skeleton("".join(chosen)) == serial_skeleton(number)


@given(numbers, numbers)
def test_numbers_that_do_not_look_alike_do_not(one: str, other: str) -> None:
    """Two numbers share a skeleton only if they differ in look-alikes and in zeros in front."""

    def looks(number: str) -> str:
        digits = {char: group[0] for group in ALIKE for char in group}
        return "".join(digits.get(char, char) for char in number).lstrip("0")

    assert (serial_skeleton(one) == serial_skeleton(other)) is (looks(one) == looks(other))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("TK000001", "TKOOOOO1", True),
        ("TK000001", "TK00000I", True),
        ("TK000001", "TK00000l", True),
        ("0012345678", "12345678", True),
        ("OO12345678", "12345678", True),
        ("D012345678", "12345678", True),
        ("0000", "00000000", True),
        ("0000", "OQDO", True),
        ("0000", "0001", False),
        ("TK000001", "TK000010", False),
        ("TK000001", "TK0000010", False),
        ("12345678", "123456780", False),
        ("UV000001", "VU000001", False),
    ],
)
def test_examples_of_what_looks_alike(one: str, other: str, *, alike: bool) -> None:
    """Letters for digits, and zeros in front, which a spreadsheet drops; zeros elsewhere count."""
    skeletons = serial_skeleton(canonical_serial(one)), serial_skeleton(canonical_serial(other))
    assert (skeletons[0] == skeletons[1]) is alike


@given(numbers)
def test_a_skeleton_is_never_empty_and_its_own(number: str) -> None:
    """It is a key in the store, so it has something in it; and it looks like itself."""
    skeleton = serial_skeleton(number)
    assert skeleton
    assert serial_skeleton(skeleton) == skeleton
    assert set(skeleton) <= set(string.ascii_uppercase + string.digits) - set("OQDILZSGB")
