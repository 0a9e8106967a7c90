"""Rules about what somebody who guesses tries first.

NIST SP 800-63B-4 3.1.1.2 wants the entire password compared with such a list, not words that are part of it. So it is
done here: a password is refused for being *built* like that as a whole, never for containing a word among other things.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Protocol

import attrs

from okmate_auth.errors import ConfigurationError
from okmate_auth.policies.blocklist import SHIPPED
from okmate_auth.policies.folding import folded, letters_and_numbers, repeated, trimmed
from okmate_auth.policies.half_width import EXAMINED
from okmate_auth.policies.passwords import PasswordContext, texts
from okmate_auth.policies.patterns import obvious
from okmate_auth.secret import Secret
from okmate_auth.violations import Violation

_DIGITS: Final = "0123456789"
_SHORTEST_WORD: Final = 2
_SHORTEST_INSIDE: Final = 4
"""A shorter word is a syllable: found inside a password it says nothing."""
_LEFT_OVER: Final = 4
"""Characters around a word that are tried in no time: what remains must be more, and not digits alone."""


class BreachedPasswords(Protocol):
    """Passwords that are known to guessers: the shipped list, or a bank's own larger one, such as a breach corpus.

    Pure and quick: what is asked over a network or from a file is asked before, by the bank.
    """

    def contains(self, password: str, /) -> bool:
        """Tell whether ``password`` is one of them; asked for every form that :func:`forms` gives."""
        ...


def forms(text: str) -> Iterator[str]:
    """Yield the forms under which a password is looked up, each once: the first that is listed refuses it.

    As it is; folded (case, width, invisible characters); without padding at its ends; said once instead of repeatedly.
    """
    seen: set[str] = set()
    bare = folded(text)
    for form in (text, bare, trimmed(bare), repeated(bare), repeated(trimmed(bare))):
        if form and form not in seen:
            seen.add(form)
            yield form


@attrs.frozen
class Blocklisted:
    """Not a commonly used, expected or compromised password.

    Code: ``common``. Refused is what the list contains in one of its :func:`forms`, and what is nothing but a pattern
    (:func:`~okmate_auth.policies.patterns.obvious`), which a list of any length would be missing some of.

    Attributes:
        passwords: The list; the shipped one if none is given. A bank's own comes beside it as a second rule.

    Source: NIST SP 800-63B-4 3.1.1.2; ASVS 5.0 6.2.4, 6.2.12.
    """

    passwords: BreachedPasswords = SHIPPED

    def __attrs_post_init__(self) -> None:
        if not callable(getattr(self.passwords, "contains", None)):
            message = "a list of passwords needs a method named contains"
            raise ConfigurationError(message)

    def check(self, candidate: Secret, context: PasswordContext, /) -> Iterable[Violation]:
        """Yield the code if the password is to be expected."""
        text = candidate.reveal()
        if len(text) <= EXAMINED and any(obvious(form) or self.passwords.contains(form) for form in forms(text)):
            yield Violation("common", context.field)


@attrs.frozen
class ContextWords:
    """Not the name of the service, the login ID, or another word of this very context, nor a derivative of one.

    Code: ``context-word``, at most once, without saying which word.

    Compared folded, letters and numbers only. A password is derived from a word if nothing but digits surrounds the
    word, or if it contains the word (at least four characters, backwards as well) and at most four other characters.
    The words are :attr:`words` and those of the context, whole and by their parts of at least four characters, the
    login ID, and the login ID without the digits at its ends. Words of fewer than two letters or numbers are passed
    over.

    Attributes:
        words: Names of the service and of whoever offers it.

    Raises:
        MisuseError: ``words`` is one text, or holds something else.

    Source: NIST SP 800-63B-4 3.1.1.2; ASVS 5.0 6.1.2, 6.2.11.
    """

    words: tuple[str, ...] = attrs.field(default=(), converter=texts)

    def check(self, candidate: Secret, context: PasswordContext, /) -> Iterable[Violation]:
        """Yield the code if the password is a word of the context or derived from one."""
        text = letters_and_numbers(candidate.reveal()[:EXAMINED])
        login_id = letters_and_numbers(context.login_id)
        words = {form for word in (*self.words, *context.words) for form in _spellings(word)}
        if any(_derived(text, word) for word in words | {login_id, login_id.strip(_DIGITS)}):
            yield Violation("context-word", context.field)


def _spellings(name: str) -> Iterator[str]:
    """Yield a name in one, ``Ogaki Kyoritsu`` as ``ogakikyoritsu``, and each part of it that is no mere syllable."""
    yield letters_and_numbers(name)
    for part in "".join(char if char.isalnum() else " " for char in folded(name)).split():
        if len(part) >= _SHORTEST_INSIDE:
            yield part


def _derived(text: str, word: str) -> bool:
    if len(word) < _SHORTEST_WORD:
        return False
    if word in (text, text.strip(_DIGITS)):
        return True
    return len(word) >= _SHORTEST_INSIDE and (_little_but(text, word) or _little_but(text, word[::-1]))


def _little_but(text: str, word: str) -> bool:
    rest = text.replace(word, "")
    return rest != text and (len(rest) <= _LEFT_OVER or not rest.strip(_DIGITS))
