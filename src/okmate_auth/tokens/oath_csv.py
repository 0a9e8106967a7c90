"""Reading a delivery of tokens: an OATH CSV, whole, with every defect of every line.

Rule 1. Nothing in here raises for what a file holds; a defect is told by line and column, never by what stands there:
        the columns are secrets (A82).
Rule 2. Lines, and the length of a line, are bounded before anything of them is looked at.
Rule 3. No line is lost in silence: a line is a token, or has a defect, or says by itself that it is neither (A81).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, NoReturn

import attrs

from okmate_auth.errors import MisuseError
from okmate_auth.text import strict_str
from okmate_auth.tokens.parameters import (
    END_OF_COUNTERS,
    FEWEST_DIGITS,
    LEGACY_SEED_BYTES,
    LONGEST_PERIOD_SECONDS,
    MAXIMUM_SEED_BYTES,
    MINIMUM_SEED_BYTES,
    MOST_DIGITS,
    SHORTEST_PERIOD_SECONDS,
    Algorithm,
    Kind,
    Parameters,
)
from okmate_auth.tokens.serials import canonical_serial, serial_skeleton, serial_violations

MOST_DEFECTS: Final = 100  # ours: more of them are one mistake, told often enough
LONGEST_LINE: Final = 1000  # ours: the longest line of a token has 48 + 256 + 43 characters, quotes and spaces apart
IDLE_LINES: Final = 1000  # ours: besides those with a token there may be so many blank ones and comments
COLUMNS: Final = ("serial", "seed", "type", "digits", "period", "algorithm")

_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_NUMBER: Final = re.compile(r"[0-9]{1,20}")
_KINDS: Final[dict[str, Kind]] = {"hotp": "hotp", "totp": "totp"}
_ALGORITHMS: Final[dict[str, Algorithm]] = {"sha1": "SHA1", "sha256": "SHA256", "sha512": "SHA512"}


@attrs.frozen(kw_only=True)
class TokenEntry:
    """One token of a delivery.

    Attributes:
        line: Where it stands, from 1.
        serial: The serial number as printed.
        seed: Its key.
        parameters: What is public about its codes.
        next_counter: From where it counts.
    """

    line: int
    serial: str
    seed: bytes = attrs.field(repr=False)
    parameters: Parameters
    next_counter: int

    def __reduce_ex__(self, protocol: object, /) -> NoReturn:
        """Refuse to be pickled or copied: it holds a seed in the clear (A98)."""
        message = "a token's seed is neither pickled nor copied"
        raise MisuseError(message)


@attrs.frozen
class Defect:
    """Something that keeps a line from being taken.

    Attributes:
        line: Which, from 1; 0 where the whole file is meant.
        code: ``unreadable`` (no line of a table); ``missing``; ``malformed``; ``too-short`` or ``too-long`` (a seed);
            ``not-random`` (a seed of one byte repeated); ``period-too-long``; ``duplicate`` (a serial number that is,
            or looks like, that of an earlier line); ``too-many-columns``; ``too-many-lines`` (nothing from this line on
            is read); ``empty`` (no line is about a token); or ``more-defects``: from this line on they are not listed.
        column: One of :data:`COLUMNS`, ``period`` for a counter too; '' where the whole line is meant.
    """

    line: int
    code: str
    column: str = ""


class Delivery(NamedTuple):
    """What a file says.

    Attributes:
        entries: The tokens of its good lines.
        defects: What is wrong, by line; where anything is, no token is to be taken. After the first 100 there is one
            more that says so.
        lines: By what serial numbers that look alike have in common, the first line that has one; of all lines.
    """

    entries: tuple[TokenEntry, ...]
    defects: tuple[Defect, ...]
    lines: Mapping[str, int]


def read_oath_csv(
    text: str, *, most: int, legacy_seeds: bool = False, longest_period_seconds: int = LONGEST_PERIOD_SECONDS
) -> Delivery:
    """Read a delivery.

    Columns: serial number; seed, hexadecimal; ``hotp`` or ``totp``; digits; time step in seconds, or counter (``hotp``,
    0 where it is missing); algorithm (SHA1 where it is missing). A header whose first cell is ``serial``, blank lines,
    lines that begin with ``#``, and a byte order mark are passed over; cells may be quoted; a line ends in LF or CRLF.

    Args:
        text: The file.
        most: How many tokens are taken.
        legacy_seeds: Whether seeds from 80 bits on are taken, instead of 112.
        longest_period_seconds: The longest time step that is taken.

    Raises:
        MisuseError: What should be the file is not text.
    """
    least = LEGACY_SEED_BYTES if legacy_seeds else MINIMUM_SEED_BYTES
    entries: list[TokenEntry] = []
    defects: list[Defect] = []
    seen: dict[str, int] = {}
    rows = idle = 0
    for number, line in enumerate(_lines(strict_str(text, "text").removeprefix("\ufeff")), 1):
        cells = _cells(line)
        if _is_idle(line) or (not rows and _is_header(cells)):
            idle += 1
            found: TokenEntry | list[Defect] = []
        else:
            rows += 1
            found = (
                [Defect(number, "unreadable")]
                if cells is None
                else _entry(number, cells, seen, least=least, longest=longest_period_seconds)
            )
        if rows > most or idle > IDLE_LINES:
            defects.append(Defect(number, "too-many-lines"))
            break
        if isinstance(found, TokenEntry):
            entries.append(found)
        else:
            defects += found
    if not rows:
        defects.append(Defect(0, "empty"))
    if len(defects) > MOST_DEFECTS:
        defects = [*defects[:MOST_DEFECTS], Defect(defects[MOST_DEFECTS].line, "more-defects")]
    return Delivery(tuple(entries), tuple(defects), seen)


def _lines(text: str) -> Iterator[str]:
    """Yield lines, each with its end, as far as one is looked at; a text without end is one long line."""
    at = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        yield text[at : min(end, at + LONGEST_LINE + 1)].removesuffix("\r")
        at = end + 1


def _is_one_line(line: str) -> bool:
    """Say whether a line was read to its end, and has no other one inside: nothing is hidden behind what is seen."""
    return len(line) <= LONGEST_LINE and "\r" not in line


def _is_idle(line: str) -> bool:
    """Say whether a line is blank, with or without the commas that a spreadsheet leaves, or a comment."""
    return _is_one_line(line) and (not line.strip(" \t,") or line.lstrip(" \t").startswith("#"))


def _cells(line: str) -> list[str] | None:
    """Return the cells of a line; None where it is too long, or no line of a table."""
    if not _is_one_line(line):
        return None
    try:
        rows = list(csv.reader([line], skipinitialspace=True, strict=True))
    except csv.Error:  # its text quotes nothing of the line, and goes nowhere all the same
        return None
    return [cell.strip(" \t") for cell in rows[0]]


def _is_header(cells: list[str] | None) -> bool:
    return cells is not None and cells[0].lower() == COLUMNS[0]


def _entry(
    number: int, cells: list[str], seen: dict[str, int], *, least: int, longest: int
) -> TokenEntry | list[Defect]:
    """Return the token that a line says, or everything that is wrong with it."""
    if len(cells) > len(COLUMNS):
        return [Defect(number, "too-many-columns")]
    serial, seed, kind_name, digits, period, algorithm_name = (*cells, *[""] * (len(COLUMNS) - len(cells)))
    kind, algorithm = _KINDS.get(kind_name.lower()), _ALGORITHMS.get(algorithm_name.lower() or "sha1")
    last = period or ("" if kind == "totp" else "0")
    found = {
        "serial": _of_serial(number, serial, seen),
        "seed": _of_seed(seed, least),
        "type": _of(kind_name, good=kind is not None),
        "digits": _of(digits, good=_in(digits, FEWEST_DIGITS, MOST_DIGITS)),
        "period": _of_last(kind, last, longest),
        "algorithm": "" if algorithm is not None else "malformed",
    }
    defects = [Defect(number, code, column) for column, code in found.items() if code]
    if defects or kind is None or algorithm is None:
        return defects
    counts = kind == "hotp"
    return TokenEntry(
        line=number,
        serial=serial,
        seed=bytes.fromhex(seed),
        parameters=Parameters(
            kind=kind, digits=int(digits), period_seconds=0 if counts else int(last), algorithm=algorithm
        ),
        next_counter=int(last) if counts else 0,
    )


def _of(cell: str, *, good: bool) -> str:
    return "missing" if not cell else "" if good else "malformed"


def _of_serial(number: int, cell: str, seen: dict[str, int]) -> str:
    """Return what is wrong with a serial number; one that only looks like an earlier one is one too many (A76)."""
    code = _of(cell, good=not serial_violations(cell))
    if code:
        return code
    skeleton = serial_skeleton(canonical_serial(cell))
    if skeleton in seen:
        return "duplicate"
    seen[skeleton] = number
    return ""


def _of_seed(cell: str, least: int) -> str:
    """Return what is wrong with a seed: its length, or that nobody drew it."""
    code = _of(cell, good=_HEX.fullmatch(cell) is not None)
    if code:
        return code
    seed = bytes.fromhex(cell)
    if len(seed) < least:
        return "too-short"
    if len(seed) > MAXIMUM_SEED_BYTES:
        return "too-long"
    return "not-random" if len(set(seed)) == 1 else ""


def _of_last(kind: Kind | None, cell: str, longest: int) -> str:
    """Return what is wrong with a time step, or a counter; of an unknown type it may be either."""
    if kind != "totp":
        return _of(cell, good=_in(cell, 0, END_OF_COUNTERS - 1))
    code = _of(cell, good=_in(cell, SHORTEST_PERIOD_SECONDS, LONGEST_PERIOD_SECONDS))
    return code or ("period-too-long" if int(cell) > longest else "")


def _in(cell: str, least: int, most: int) -> bool:
    return _NUMBER.fullmatch(cell) is not None and least <= int(cell) <= most
