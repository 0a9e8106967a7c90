"""What a login ID may be.

The form is judged before anything is read or counted against a user, and it is what makes one canonical spelling
possible: only half-width letters and digits, so no homoglyph, zero-width character, trailing space, Unicode
normalisation twin, NUL or SQL character ever reaches a key (ASVS 5.0 2.2.1;
CVE-2019-19844 is what happens otherwise). Whether the ID is taken is not known here.
"""

from __future__ import annotations

from typing import Final

import attrs

from okmate_auth.errors import ConfigurationError
from okmate_auth.policies.half_width import half_width_violations, letters_and_digits_violations
from okmate_auth.text import is_half_width_alphanumeric, strict_str
from okmate_auth.violations import Violation

LONGEST_LOGIN_ID: Final = 64
"""No rule may allow more: an ID is part of keys, certificate names and every history row."""


@attrs.frozen(kw_only=True)
class LoginIdRule:
    """The form of a login ID: half-width letters and digits. Case is kept for show and never significant.

    Attributes:
        minimum: Fewest characters.
        maximum: Most characters.
        mixed: Whether both a letter and a digit are demanded.

    Raises:
        ConfigurationError: The numbers contradict each other, or allow more than 64 characters.

    Source: 6 to 12 half-width letters and digits is what banks with this procedure ask for; few demand both kinds.
    """

    minimum: int = 6
    maximum: int = 12
    mixed: bool = False

    def __attrs_post_init__(self) -> None:
        if not (type(self.minimum) is type(self.maximum) is int and type(self.mixed) is bool):
            message = "minimum and maximum of a login ID are ints, mixed is a bool"
            raise ConfigurationError(message)
        if not 1 <= self.minimum <= self.maximum <= LONGEST_LOGIN_ID:
            message = f"a login ID needs 1 <= minimum <= maximum <= {LONGEST_LOGIN_ID}"
            raise ConfigurationError(message)

    def violations(self, text: str, *, field: str = "login_id") -> tuple[Violation, ...]:
        """Return everything that is wrong with the form of ``text``, in the order of this list; () for a good one.

        Codes: ``empty`` (alone), ``too-short`` (parameter ``minimum``), ``too-long`` (``maximum``), ``full-width``,
        ``not-half-width-alphanumeric``, ``letters-and-digits``. Time does not grow with the length beyond 1024.

        Args:
            text: What was entered.
            field: Name of the command's field, for the message.

        Raises:
            MisuseError: ``text`` is not text.
        """
        text = strict_str(text, field)
        if not text:
            return (Violation("empty", field),)
        found: list[Violation] = []
        if len(text) < self.minimum:
            found.append(Violation("too-short", field, {"minimum": self.minimum}))
        if len(text) > self.maximum:
            found.append(Violation("too-long", field, {"maximum": self.maximum}))
        found += half_width_violations(text, field)
        if self.mixed:
            found += letters_and_digits_violations(text, field)
        return tuple(found)

    def well_formed(self, text: str) -> bool:
        """Tell whether ``text`` entered at a login can be looked up at all: half-width letters and digits, length.

        The demand for both kinds is left out: it may be newer than the ID, and an ID that exists must stay usable.

        Raises:
            MisuseError: ``text`` is not text.
        """
        text = strict_str(text, "login_id")
        return self.minimum <= len(text) <= self.maximum and is_half_width_alphanumeric(text)
