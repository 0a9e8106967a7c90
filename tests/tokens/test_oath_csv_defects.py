"""Reading a bad delivery: every defect of every line, by its line, column and code."""

from __future__ import annotations

from typing import Final

import pytest

from okmate_auth.tokens import (
    LEGACY_SEED_BYTES,
    MAXIMUM_SEED_BYTES,
    MINIMUM_SEED_BYTES,
    Parameters,
    read_oath_csv,
)
from okmate_auth.tokens.oath_csv import IDLE_LINES, LONGEST_LINE, MOST_DEFECTS
from tests.tokens.deliveries import ENTRY, GOOD, HEX, defects, entries, row
from tests.tokens.samples import LAST_COUNTER, SEED

ZERO: Final = "00"
CELLS: Final = [
    ("serial", "", "missing"),
    ("serial", "A12", "malformed"),
    ("serial", "AB12", ""),
    ("serial", "A" * 32, ""),
    ("serial", "A" * 33, "malformed"),
    ("serial", "A" * 49, "malformed"),
    ("serial", "ＴＫ０００００１", "malformed"),
    ("serial", "TK\x00000001", "malformed"),
    ("serial", "TK\ud800000001", "malformed"),
    ("seed", "", "missing"),
    ("seed", "xyz", "malformed"),
    ("seed", f"{HEX}a", "malformed"),
    ("seed", f"0x{HEX}", "malformed"),
    ("seed", f"{HEX[:20]} {HEX[20:]}", "malformed"),
    ("seed", f"{HEX}\x00", "malformed"),
    ("seed", HEX.translate({48 + digit: 0xFF10 + digit for digit in range(10)}), "malformed"),
    ("seed", "ab" * (MINIMUM_SEED_BYTES - 2) + "cd", "too-short"),
    ("seed", "ab" * (MINIMUM_SEED_BYTES - 1) + "cd", ""),
    ("seed", "ab" * (MAXIMUM_SEED_BYTES - 1) + "cd", ""),
    ("seed", "ab" * MAXIMUM_SEED_BYTES + "cd", "too-long"),
    ("seed", "00", "too-short"),
    ("seed", "00" * 20, "not-random"),
    ("seed", "ff" * 20, "not-random"),
    ("seed", "aA" * 20, "not-random"),
    ("seed", "00" * 19 + "01", ""),
    ("type", "", "missing"),
    ("type", "ocra", "malformed"),
    ("type", "totp2", "malformed"),
    ("type", "ｔｏｔｐ", "malformed"),
    ("digits", "", "missing"),
    ("digits", "5", "malformed"),
    ("digits", "6", ""),
    ("digits", "8", ""),
    ("digits", "9", "malformed"),
    ("digits", "-6", "malformed"),
    ("digits", "6.0", "malformed"),
    ("digits", "６", "malformed"),
    ("digits", "6 6", "malformed"),
    ("period", "", "missing"),
    ("period", "9", "malformed"),
    ("period", "10", ""),
    ("period", "300", ""),
    ("period", "301", "malformed"),
    ("period", "0", "malformed"),
    ("period", "+60", "malformed"),
    ("period", "6_0", "malformed"),
    ("period", "1e2", "malformed"),
    ("period", "9" * 900, "malformed"),
    ("algorithm", "SHA256", ""),
    ("algorithm", "sha512", ""),
    ("algorithm", "SHA-1", "malformed"),
    ("algorithm", "MD5", "malformed"),
    ("algorithm", "SHA224", "malformed"),
]


@pytest.mark.parametrize(("column", "cell", "code"), CELLS)
def test_every_cell_has_its_form(column: str, cell: str, code: str) -> None:
    """One cell, just within its bounds or beyond them: that column is told, with that code, and nothing else."""
    assert defects(row(**{column: cell})) == ([(1, column, code)] if code else [])


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", ""),
        ("0", ""),
        ("1", ""),
        (str(2**63), ""),
        (str(LAST_COUNTER), ""),
        (str(LAST_COUNTER + 1), "malformed"),
        ("9" * 20, "malformed"),
        ("1" * 21, "malformed"),
        ("-1", "malformed"),
    ],
)
def test_the_fifth_column_of_a_token_that_counts_is_its_counter(cell: str, code: str) -> None:
    """From 0, where it is missing, to the last one there is (RFC 4226 5.1, A10)."""
    text = row(type="hotp", period=cell)
    assert defects(text) == ([(1, "period", code)] if code else [])
    if not code:
        (entry,) = entries(text)
        assert (entry.parameters, entry.next_counter) == (Parameters(kind="hotp"), int(cell or "0"))


@pytest.mark.parametrize(
    ("length", "legacy", "ordinary"),
    [
        (LEGACY_SEED_BYTES - 1, "too-short", "too-short"),
        (LEGACY_SEED_BYTES, "", "too-short"),
        (MINIMUM_SEED_BYTES - 1, "", "too-short"),
        (MINIMUM_SEED_BYTES, "", ""),
    ],
)
def test_short_seeds_need_a_switch(length: int, legacy: str, ordinary: str) -> None:
    """80 bits are the least with it, 112 without (RFC 4226 R6, NIST SP 800-63B-4 3.1.4.1, OTP-9)."""
    text = row(seed=SEED[:length].hex())
    assert defects(text) == ([(1, "seed", ordinary)] if ordinary else [])
    assert defects(text, legacy_seeds=True) == ([(1, "seed", legacy)] if legacy else [])


def test_every_defect_of_every_line_is_told() -> None:
    """Nobody mends a file one defect at a time; good lines between bad ones are still told as tokens."""
    text = f"serial,seed\n,xyz,,9,\n{GOOD}\nTK-2,{HEX}\n{row(serial='TK-000003', digits='0', algorithm='MD5')}\n"
    assert defects(text) == [
        (2, "serial", "missing"),
        (2, "seed", "malformed"),
        (2, "type", "missing"),
        (2, "digits", "malformed"),
        (4, "serial", "malformed"),
        (4, "type", "missing"),
        (4, "digits", "missing"),
        (5, "digits", "malformed"),
        (5, "algorithm", "malformed"),
    ]
    assert [entry.line for entry in read_oath_csv(text, most=9)[0]] == [3]


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ("TK-000001", "TK-000001", "duplicate"),
        ("TK-000001", "tk 000001", "duplicate"),
        ("TK-000001", "TK-OOOOO1", "duplicate"),
        ("TK-000001", "TK-00000I", "duplicate"),
        ("0012345678", "12345678", "duplicate"),
        ("TK-000001", "TK-000002", ""),
    ],
)
def test_no_two_tokens_of_a_delivery_look_alike(one: str, other: str, code: str) -> None:
    """The later line is told, whether the number is the same or only looks like it (A76)."""
    text = f"{row(serial=one)}\n\n{row(serial=other)}\n"
    assert defects(text) == ([(3, "serial", code)] if code else [])


def test_a_number_whose_line_has_another_defect_counts_all_the_same() -> None:
    """Mending one line must not bring out another defect that could have been told before."""
    text = f"{row(digits='9')}\n{GOOD}\n"
    assert defects(text) == [(1, "digits", "malformed"), (2, "serial", "duplicate")]


@pytest.mark.parametrize("cells", [7, 8, 100])
def test_a_line_has_six_columns_at_most(cells: int) -> None:
    """What stands beyond them is not guessed at, even where it is empty."""
    assert defects(f"{GOOD},{',' * (cells - 6)}\n") == [(1, "", "too-many-columns")]
    assert defects(f"{GOOD},SHA1{',x' * (cells - 6)}\n") == [(1, "", "too-many-columns")]


@pytest.mark.parametrize("text", ["", "\n", "\r\n", "\ufeff", "# nothing\n", "serial,seed\n", " \n,,,\n", "\n" * 900])
def test_a_file_without_a_token_is_told(text: str) -> None:
    """An empty file, or one that has a header and comments only, is no delivery of nothing."""
    assert defects(text) == [(0, "", "empty")]


@pytest.mark.parametrize("most", [0, 1, 3, 200])
def test_a_file_has_so_many_tokens_at_most(most: int) -> None:
    """As many as the caller takes are taken; at the next line reading ends, whatever stands there."""
    lines = [row(serial=f"TK-{number:06}") for number in range(most + 5)]
    if most:
        assert len(entries("\n".join(lines[:most]), most=most)) == most
    for text in ("\n".join(lines), "\n".join([*lines[:most], "x,y"]), "\n".join(["#", *lines[: most + 1]])):
        found = defects(text, most=most)
        assert found == [(most + 1 + text.startswith("#"), "", "too-many-lines")]


def test_idle_lines_are_bounded_and_nothing_behind_them_is_lost_in_silence() -> None:
    """A thousand blank lines or comments are passed over; one more ends the reading, and that is told (A81)."""
    second = row(serial="TK-000002")
    text = f"{GOOD}\n" + "\n" * (IDLE_LINES - 1) + f"#\n{second}\n"
    assert [entry.line for entry in entries(text)] == [1, IDLE_LINES + 2]
    assert defects(f"{GOOD}\n" + "\n" * IDLE_LINES + f"#\n{second}\n") == [(IDLE_LINES + 2, "", "too-many-lines")]


def test_a_line_has_so_many_characters_at_most() -> None:
    """A thousand are read, one more is a line that can't be; the next line is read again."""
    (entry,) = entries(GOOD + " " * (LONGEST_LINE - len(GOOD)))
    assert entry == ENTRY
    for longer in (GOOD + " " * (LONGEST_LINE - len(GOOD) + 1), " " * (LONGEST_LINE + 1), "#" * (LONGEST_LINE + 1)):
        assert defects(f"{longer}\n{row(seed='')}\n") == [(1, "", "unreadable"), (2, "seed", "missing")]


@pytest.mark.parametrize("number", [MOST_DEFECTS - 1, MOST_DEFECTS, MOST_DEFECTS + 1, 150])
def test_so_many_defects_are_listed_at_most(number: int) -> None:
    """A hundred are listed; beyond that, one more says from which line on there are others."""
    text = "\n".join(row(serial=f"TK-{at:06}", digits="9") for at in range(number))
    listed = [(at, "digits", "malformed") for at in range(1, min(number, MOST_DEFECTS) + 1)]
    more = [(MOST_DEFECTS + 1, "", "more-defects")] if number > MOST_DEFECTS else []
    assert defects(text) == listed + more


def test_too_many_lines_as_the_last_defect_of_all() -> None:
    """A hundred defects and a line too many: that there is more is told, and the list is no longer than ever."""
    bad = [row(serial=f"TK-{at:06}", digits="9") for at in range(MOST_DEFECTS)]
    assert defects("\n".join([*bad, GOOD]), most=MOST_DEFECTS)[-1] == (MOST_DEFECTS + 1, "", "more-defects")
    assert defects("\n".join([*bad[1:], GOOD]), most=MOST_DEFECTS - 1)[-1] == (MOST_DEFECTS, "", "too-many-lines")
