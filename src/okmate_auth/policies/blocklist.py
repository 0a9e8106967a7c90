"""A list of common passwords, and the one that is shipped.

The shipped list (:data:`SHIPPED`) is small on purpose: with a limit of guesses the passwords that matter are those that
would be guessed before it is reached (NIST SP 800-63B-4 3.1.1.2). It holds every password of its source that fits the
procedure's rule (6 to 12 letters and digits, both kinds), the most common ones of at least eight characters, and words,
Japanese names among them, that are refused with the digits people put beside them. Where it comes from, under which
licence, and by which rule it was derived: :mod:`okmate_auth.policies._blocklist_data`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

import attrs

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.policies import _blocklist_data
from okmate_auth.policies.folding import folded
from okmate_auth.policies.patterns import parts, predictable_digits


def _folded(words: Iterable[str], what: str) -> frozenset[str]:
    if isinstance(words, str):
        message = f"{what} are several texts, not one"
        raise MisuseError(message)
    listed = list(words)
    if not all(isinstance(word, str) for word in listed):
        message = f"{what} must be texts"
        raise MisuseError(message)
    return frozenset(filter(None, map(folded, listed)))


@attrs.frozen(repr=False)
class Blocklist:
    """A set of passwords and of words that make one with predictable digits; made by :meth:`of`, never changed.

    Attributes:
        passwords: Folded passwords, compared whole.
        words: Folded words, refused alone and with predictable digits before or after them.
    """

    passwords: frozenset[str]
    words: frozenset[str] = frozenset()

    def __attrs_post_init__(self) -> None:
        if not self.passwords and not self.words:
            message = "a blocklist without entries would refuse nothing"
            raise ConfigurationError(message)

    @classmethod
    def of(cls, passwords: Iterable[str], *, words: Iterable[str] = ()) -> Blocklist:
        """Return a list of these passwords and words, folded; empty texts are left out.

        Raises:
            MisuseError: Something is not text, or one text was given instead of several.
            ConfigurationError: Nothing is left: an empty list refuses nothing.
        """
        return cls(_folded(passwords, "passwords"), _folded(words, "words"))

    def with_passwords(self, passwords: Iterable[str]) -> Blocklist:
        """Return a list that holds these passwords too.

        Raises:
            MisuseError: As :meth:`of`.
        """
        return attrs.evolve(self, passwords=self.passwords | _folded(passwords, "passwords"))

    def with_words(self, words: Iterable[str]) -> Blocklist:
        """Return a list that holds these words too, with and without predictable digits.

        Raises:
            MisuseError: As :meth:`of`.
        """
        return attrs.evolve(self, words=self.words | _folded(words, "words"))

    def contains(self, password: str, /) -> bool:
        """Tell whether a *folded* password is listed, or is a listed word with predictable digits at its ends.

        Args:
            password: Folded, see :func:`~okmate_auth.policies.folding.folded`; an unfolded one is simply not found.
        """
        if password in self.passwords or password in self.words:
            return True
        split = parts(password)
        return (
            split is not None
            and split[1] in self.words
            and predictable_digits(split[0])
            and predictable_digits(split[2])
        )

    def __len__(self) -> int:
        return len(self.passwords) + len(self.words)

    def __repr__(self) -> str:
        return f"Blocklist({len(self.passwords)} passwords, {len(self.words)} words)"


@functools.cache
def shipped() -> Blocklist:
    """Return the shipped list; made on first use (a few milliseconds), then kept."""
    return Blocklist(
        passwords=frozenset(_blocklist_data.PASSWORDS.split()), words=frozenset(_blocklist_data.WORDS.split())
    )


@attrs.frozen
class ShippedPasswords:
    """The shipped list as a value that costs nothing until it is asked."""

    def contains(self, password: str, /) -> bool:
        """See :meth:`Blocklist.contains`."""
        return shipped().contains(password)


SHIPPED = ShippedPasswords()
