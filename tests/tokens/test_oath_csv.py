"""Reading a delivery: every token of a good one, and what is passed over."""

from __future__ import annotations

import pytest
from hypothesis import given

from okmate_auth.tokens import (
    TokenEntry,
)
from okmate_auth.tokens.oath_csv import LONGEST_LINE
from tests.tokens.deliveries import ENTRY, GOOD, HEX, defects, deliveries, entries, row


@given(deliveries())
def test_everything_of_a_good_delivery_is_taken(delivery: tuple[str, list[TokenEntry]]) -> None:
    """With or without header, quotes, CRLF, a byte order mark, blank lines and comments: each token and its line."""
    text, expected = delivery
    assert entries(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"{GOOD}\n",
        f"{GOOD}\r\n",
        f"{GOOD}\n\n\n",
        f"\ufeff{GOOD}",
        f"{GOOD},",  # an empty algorithm
        f"{GOOD},SHA1",
        f"{GOOD},sha1",
        f'"TK-000001","{HEX}","totp","6","60"',
        f' "TK-000001" , {HEX} , TOTP , 6 , 60 '.replace('" ,', '",'),
        f"\tTK-000001\t,{HEX.upper()},Totp,06,060",
    ],
)
def test_one_token_may_be_written_in_many_ways(text: str) -> None:
    """Quotes, spaces, case, an end of the line or none: it is the same token."""
    assert entries(text) == [ENTRY]


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("serial\n", 2),
        ("SERIAL,SEED,TYPE,DIGITS,PERIOD\n", 2),
        ('"Serial","Seed"\r\n', 2),
        ("\ufeffserial,seed\n", 2),
        ("\n", 2),
        ("\r\n\r\n", 3),
        (",,,,,,,,,\n", 2),
        ("# serial numbers\n", 2),
        ("  # with spaces before it\n", 2),
        ('# with "quotes, and no end of them\n', 2),
        ("\r\n", 2),
        (f"#{'x' * (LONGEST_LINE - 1)}\n", 2),
        (f"{' ' * LONGEST_LINE}\n", 2),
        ("# first\n\nserial,seed\n# second\n", 5),
    ],
)
def test_what_is_no_line_of_a_token_is_passed_over(before: str, line: int) -> None:
    """A header, blank lines, comments; the line numbers are those that an editor shows."""
    (entry,) = entries(f"{before}{GOOD}\n")
    assert (entry.line, entry.serial) == (line, "TK-000001")


@pytest.mark.parametrize("header", ["serial number,seed", "serials,seed", "SERIAL01,seed", "#,seed\nTK", "name,serial"])
def test_only_a_header_is_a_header(header: str) -> None:
    """A first line that is not one, but begins like one, is not lost: it may be a token whose line was cut (A81)."""
    assert defects(f"{header}\n{GOOD}\n")


def test_a_header_is_the_first_line_that_says_something() -> None:
    """Below a token it is a line like any other, with everything that is wrong with it told."""
    assert defects(f"{GOOD}\nserial,seed,type,digits,period\n") == [
        (2, "seed", "malformed"),
        (2, "type", "malformed"),
        (2, "digits", "malformed"),
        (2, "period", "malformed"),
    ]


def test_a_quoted_comment_is_a_line_like_any_other() -> None:
    """A cell that begins with a number sign is no comment, and is not lost."""
    assert defects(f'"#K-000001",{HEX},totp,6,60\n') == [(1, "serial", "malformed")]


def test_a_serial_number_is_kept_as_printed() -> None:
    """The spelling of the delivery is for show; the one spelling is made where it is needed."""
    assert [entry.serial for entry in entries(row(serial="  tk-000 001 "))] == ["tk-000 001"]
