"""Reading what is no delivery: told quickly, never raised, and never shown."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import MisuseError
from okmate_auth.tokens import (
    Defect,
    read_oath_csv,
)
from okmate_auth.tokens.oath_csv import COLUMNS
from tests.tokens.deliveries import GOOD, HEX, defects, row
from tests.unchecked import unchecked

NASTY: Final = [
    '"',
    '"' * 10_001,
    f'"{GOOD}',
    f'{GOOD}"',
    f'"TK-000001"x,{HEX},totp,6,60',
    "a\rb",
    f"{GOOD}\r{GOOD}",
    "\x00",
    f"\x00{GOOD}",
    "\ud800",
    "\ufeff\ufeff" + GOOD,
    "a," * 2000,
    "\r\r",
    f"{GOOD}\r\r",
    f"# a comment\r{GOOD}",
    f" \r{GOOD}",
    f"#{'x' * 5000}{GOOD}",
    f"{' ' * 5000}{GOOD}",
    f"{',' * 5000}{GOOD}",
    "PK\x03\x04\x14\x00",
    "\ufffe" + "\x00".join(GOOD),  # UTF-16 taken for text
    '=HYPERLINK("http://example.com")',
    "${jndi:ldap://example.com}",
    "sep=;\n" + GOOD.replace(",", ";"),
    GOOD.replace(",", "\t"),
    GOOD.replace(",", "、"),
]
"""Files that are none."""


@pytest.mark.parametrize("text", NASTY)
def test_what_is_no_table_is_a_defect(text: str) -> None:
    """Open quotes, bare carriage returns, NUL, lone surrogates, other separators, hidden tokens: told, never raised."""
    for file in (text, f"{GOOD}\n{text}", f"{text}\n{row(serial='TK-000002')}"):
        assert defects(file)


MEGABYTES: Final[dict[str, Callable[[], str]]] = {
    "one cell": lambda: "a" * 10_000_000,
    "one quoted cell": lambda: '"' + "a" * 10_000_000,
    "quotes": lambda: '"' * 10_000_000,
    "commas": lambda: "," * 9_999_999 + "a",
    "blank lines": lambda: "\n" * 10_000_000,
    "blank": lambda: " " * 10_000_000,
    "a comment": lambda: "#" * 10_000_000,
    "comments": lambda: "#\n" * 5_000_000,
    "short lines": lambda: "a\n" * 5_000_000,
    "good lines": lambda: "".join(f"{row(serial=f'TK-{number:06}')}\n" for number in range(150_000)),
    "digits": lambda: f"TK-000001,{HEX},hotp,6," + "9" * 10_000_000,
    "hexadecimal": lambda: "TK-000001," + "ab" * 5_000_000 + ",totp,6,60",
    "carriage returns": lambda: "\r" * 10_000_000,
    "NUL": lambda: "\x00" * 10_000_000,
    "lone surrogates": lambda: "\ud800" * 5_000_000,
    "full-width": lambda: "１" * 5_000_000,
}


@pytest.mark.parametrize("which", MEGABYTES)
def test_ten_megabytes_are_refused_at_once(which: str) -> None:
    """Whatever they are made of, and with or without lines, no more is looked at than a delivery may have."""
    text = MEGABYTES[which]()
    before = time.perf_counter()
    assert defects(text)
    assert time.perf_counter() - before < 0.5


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=200) | st.text(alphabet='",\n\r #a1\x00'))
def test_no_text_raises(text: str) -> None:
    """Any text at all: tokens, or at least one defect, and each defect has a line of the file."""
    found, wrong, _ = read_oath_csv(text, most=5)
    assert bool(found) or bool(wrong)
    assert all(0 <= defect.line <= text.count("\n") + 1 for defect in wrong)
    assert {defect.column for defect in wrong} <= {"", *COLUMNS}
    assert list(wrong) == sorted(wrong, key=lambda defect: defect.line)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("text", ["_s3cretcanary", f"{HEX}zz_", "s3cretcanary\x00", "ｓ３cretcanary"])
def test_no_defect_shows_a_cell(column: str, text: str) -> None:
    """A seed in the wrong column is told by its column; what stands there is in no defect, text or number (A82)."""
    found = read_oath_csv(row(**{column: text}), most=5)[1]
    assert found
    assert "canary" not in repr(found)
    assert HEX not in repr(found)


def test_the_limit_that_the_process_shares_is_not_touched() -> None:
    """The bound of csv's fields is the whole process's: it stays as it was, and where it is low nothing raises."""
    before = csv.field_size_limit()
    try:
        assert defects("a" * 2000) == [(1, "", "unreadable")]
        assert csv.field_size_limit() == before
        csv.field_size_limit(10)
        assert defects(GOOD) == [(1, "", "unreadable")]
        assert csv.field_size_limit() == 10
    finally:
        csv.field_size_limit(before)


@pytest.mark.parametrize("bad", [None, GOOD.encode(), [GOOD], 1])
def test_only_text_is_read(bad: object) -> None:
    """A file that was not decoded is the program's fault."""
    with pytest.raises(MisuseError, match=r"^text must be text$"):
        read_oath_csv(unchecked(bad), most=1)


def test_a_defect_is_a_plain_value() -> None:
    """Line, code and column; a defect of a whole line, or of the file, has no column."""
    assert Defect(3, "missing", "seed") == Defect(3, "missing", "seed")
    assert Defect(0, "empty") == Defect(line=0, code="empty", column="")
