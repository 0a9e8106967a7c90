"""A value that never shows itself.

Whoever reads a log, a traceback, a pickle or a debugger's summary must not find a password, a handle or a key in it
(threat model: "thief of a handle", "reader of a backup"). So secrets travel in :class:`Secret`, which refuses every
way out but :meth:`Secret.reveal`, a name that a reviewer can search for.
"""

from __future__ import annotations

import hmac
from typing import Final, NoReturn, final

from okmate_auth.errors import MisuseError

REDACTED: Final = "Secret(…)"


@final
class Secret:
    """Text that is shown by :meth:`reveal` alone.

    ``repr``, ``str`` and ``format`` give a fixed text; pickling, copying and hashing are refused; comparison takes
    the same time wherever the difference is.

    Args:
        value: The text to keep, any :class:`str` (subclasses are copied into a plain one).

    Raises:
        MisuseError: ``value`` is not text.

    Source: ASVS 5.0 14.2.4, 16.5.1.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        if not isinstance(value, str):
            message = "a Secret is made of text"
            raise MisuseError(message)
        # str(...) of a subclass could call its own __str__; join copies the characters themselves.
        self.__value = value if type(value) is str else "".join(str.__iter__(value))

    def reveal(self) -> str:
        """Return the text itself; what happens to it then is the caller's responsibility."""
        return self.__value

    def encoded(self) -> bytes:
        """Return the text as UTF-8, lone surrogates kept distinct, so that any text has bytes to compare and hash."""
        return self.__value.encode("utf-8", "surrogatepass")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.encoded(), other.encoded())

    __hash__ = None  # type: ignore[assignment]  # a hash would tell equal secrets apart from different ones in a dump

    def __len__(self) -> int:
        return len(self.__value)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return REDACTED

    __str__ = __repr__

    def __format__(self, format_spec: str, /) -> str:
        return REDACTED

    # Serialisers other than pickle ask for the state itself, and object's own __getstate__ would hand out the text.
    def __getstate__(self) -> NoReturn:
        message = "a Secret is neither pickled nor copied"
        raise MisuseError(message)

    def __reduce__(self) -> NoReturn:
        self.__getstate__()

    def __reduce_ex__(self, protocol: object, /) -> NoReturn:
        self.__getstate__()

    def __copy__(self) -> NoReturn:
        self.__getstate__()

    def __deepcopy__(self, memo: object) -> NoReturn:
        self.__getstate__()


def as_secret(value: Secret | str) -> Secret:
    """Wrap text at once; a :class:`Secret` passes as it is.

    Raises:
        MisuseError: ``value`` is neither.
    """
    return value if isinstance(value, Secret) else Secret(value)
