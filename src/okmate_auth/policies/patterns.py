"""What people add to a word to satisfy a rule, and what they type instead of one: digits and runs anybody would try.

No list could hold them all, so they are described. Every function takes folded text
(:func:`okmate_auth.policies.folding.folded`) and is linear in it.
"""

from __future__ import annotations

import re
from typing import Final

from okmate_auth.policies.folding import repeated

_DIGIT_RUN: Final = "01234567890123456789"
# Keypad walks and a number that no run explains.
_FAMILIAR_NUMBERS: Final = frozenset(
    {"007", "147", "258", "369", "147258", "258369", "147258369", "741", "852", "963", "741852", "741852963"}
    | {"159", "357", "753", "951", "159357", "159753", "2580", "0852"}
)
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",  # keyboard, by rows
    "qazwsxedcrfvtgbyhnujmikolp",  # keyboard, by columns
    "aiueokakikukekosashisusesotachitsuteto",  # the syllabary by rows
    "akasatanahamayarawa",  # the syllabary by columns
)
_RUNS: Final = (*_ROWS, *(row[::-1] for row in _ROWS))
_DATE: Final = re.compile(r"(?:(?:19|20)?[0-9]{2})?(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_PARTS: Final = re.compile(r"([0-9]*)([^0-9]*)([0-9]*)")

_SHORT: Final = 2
"""Letters or digits so few that they add nothing to speak of."""
_UNIT: Final = 3
"""Length up to which a repeated piece adds nothing: ``abcabc``, ``121121``."""


def parts(text: str) -> tuple[str, str, str] | None:
    """Split ``text`` into digits, a middle without digits, and digits; None where digits and others alternate more."""
    found = _PARTS.fullmatch(text)
    return None if found is None else (found[1], found[2], found[3])


def predictable_digits(digits: str) -> bool:
    """Tell whether ASCII digits are among the first that anybody tries.

    At most two of them, a run up or down (``1234``, ``987``), a repeated piece (``777``, ``1212``), doubled runs
    (``112233``), a year of 1900 to 2099, a date as MMDD, YYMMDD or YYYYMMDD, a walk over the keypad.
    """
    return (
        len(digits) <= _SHORT
        or _run(digits, _DIGIT_RUN)
        or _monotonous(digits)
        or (digits[::2] == digits[1::2] and _run(digits[::2], _DIGIT_RUN))
        or digits in _FAMILIAR_NUMBERS
        or _YEAR.fullmatch(digits) is not None
        or _DATE.fullmatch(digits) is not None
    )


def obvious(text: str) -> bool:
    """Tell whether folded ``text`` is nothing but runs, repetitions and predictable digits around almost nothing.

    ``aaaaaa1``, ``qwerty1234``, ``abcabc123``, ``a1234567``, ``123456789012345``.
    """
    if _monotonous(text):
        return True
    split = parts(text)
    if split is None:
        return False
    before, middle, after = split
    return (
        predictable_digits(before)
        and predictable_digits(after)
        and (len(middle) <= _SHORT or _monotonous(middle) or any(middle in row for row in _RUNS))
    )


def _run(text: str, row: str) -> bool:
    return len(text) > _SHORT and (text in row or text[::-1] in row)


def _monotonous(text: str) -> bool:
    return len(repeated(text)) <= min(_UNIT, len(text) // 2)
