"""Serial numbers: their form, their one spelling, and what numbers that look alike have in common.

Rule 1. Case, hyphens and spaces are for the eye: a number typed with or without them is the same one.
Rule 2. Nothing else is forgiven when a number is typed: an ``O`` for a ``0`` is another number. But no two numbers that
        look alike may be in stock together (A76), so that nobody is handed one and types the other.
"""

from __future__ import annotations

import re
from typing import Final

from okmate_auth.errors import MisuseError
from okmate_auth.text import has_full_width, strict_str
from okmate_auth.violations import Violation

# Ours, with room on either side of what makers print.
SHORTEST: Final = 4
LONGEST: Final = 32
LONGEST_TYPED: Final = 48  # with what is for the eye

_FOR_THE_EYE: Final = str.maketrans("", "", "- ")
_SERIAL: Final = re.compile(rf"[0-9A-Za-z]{{{SHORTEST},{LONGEST}}}")
# Letters that are taken for digits in the fonts of labels, and by whoever reads them out: Unicode's confusables
# (UTS #39) among capital letters and digits, and the pairs that people who read serial numbers aloud mistake.
_LOOKS_LIKE: Final = str.maketrans("OQDILZSGB", "000112568")


def serial_violations(text: str, *, field: str = "serial") -> tuple[Violation, ...]:
    """Return what is wrong with the form of a serial number; () for a good one.

    A good one has 4 to 32 half-width letters and digits, hyphens and spaces apart, and at most 48 characters with them.
    Codes: ``empty``, ``too-long`` (parameter ``maximum``), ``full-width``, ``malformed-serial``; each alone. Time does
    not grow with the length.

    Args:
        text: As typed.
        field: Name of the command's field.

    Raises:
        MisuseError: ``text`` is not text.
    """
    text = strict_str(text, field)
    if not text:
        return (Violation("empty", field),)
    if len(text) > LONGEST_TYPED:
        return (Violation("too-long", field, {"maximum": LONGEST_TYPED}),)
    if has_full_width(text):
        return (Violation("full-width", field),)
    if _SERIAL.fullmatch(text.translate(_FOR_THE_EYE)) is None:
        return (Violation("malformed-serial", field),)
    return ()


def canonical_serial(text: str) -> str:
    """Return the one spelling of a serial number: capital letters and digits.

    Raises:
        MisuseError: The text has not the form of one; that is asked before (:func:`serial_violations`).
    """
    text = strict_str(text, "serial")
    bare = text.translate(_FOR_THE_EYE) if len(text) <= LONGEST_TYPED else ""
    if _SERIAL.fullmatch(bare) is None:
        message = "a serial number is made canonical after its form was checked, not before"
        raise MisuseError(message)
    return bare.upper()


def serial_skeleton(canonical: str) -> str:
    """Return what a serial number shares with every number that looks like it: letters that do become the digit.

    ``O``, ``Q`` and ``D`` are ``0``; ``I`` and ``L`` ``1``; ``Z`` ``2``; ``S`` ``5``; ``G`` ``6``; ``B`` ``8``. Zeros
    in front, which spreadsheets drop, are none, whichever of their letters they were.

    Args:
        canonical: The number in its one spelling (:func:`canonical_serial`).
    """
    return canonical.translate(_LOOKS_LIKE).lstrip("0") or "0"
