"""One key, and the keys of one purpose."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NoReturn, final

import attrs

from okmate_auth.errors import ConfigurationError, MisuseError

KEY_BYTES: Final = 32  # AES-256; HMAC-SHA-256 with a key as long as its output (RFC 2104 section 3)
MAX_KEYS: Final = 64  # of one purpose: ours, decades of yearly rotation

_REDACTED: Final = "KeyBytes(…)"
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", re.ASCII)
_NUMBERED: Final = re.compile(r"([0-9]{1,6})-[0-9a-f]{8}", re.ASCII)


def is_key_id(text: str) -> bool:
    """Say whether a text has the form of a key id: 1 to 32 ASCII letters, digits and ``._-``, no mark at the start."""
    return _ID.fullmatch(text) is not None


@final
class KeyBytes:
    """A key of 32 bytes, shown by :meth:`reveal` alone.

    ``repr``, ``str`` and ``format`` give a fixed text; pickling, copying and hashing are refused; comparison takes
    the same time wherever the difference is.

    Raises:
        ConfigurationError: There are not exactly 32 bytes, or all of them are the same: a buffer nobody filled.

    Source: ASVS 5.0 11.2.3, 13.3.1.
    """

    __slots__ = ("__value",)

    def __init__(self, value: bytes) -> None:
        if type(value) is not bytes or len(value) != KEY_BYTES:
            message = f"a key is made of exactly {KEY_BYTES} bytes"
            raise ConfigurationError(message)
        if len(set(value)) == 1:
            message = "a key is made of random bytes, not of one repeated"
            raise ConfigurationError(message)
        self.__value = value

    def reveal(self) -> bytes:
        """Return the key itself; what happens to it then is the caller's responsibility."""
        return self.__value

    def check(self) -> str:
        """Return 8 hex digits by which keys can be told apart; they say nothing about the key that could be used."""
        return hmac.digest(self.__value, b"okmate_auth/key-check", "sha256").hex()[:8]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, KeyBytes):
            return NotImplemented
        return hmac.compare_digest(self.__value, other.__value)

    __hash__ = None  # type: ignore[assignment]  # a hash would tell equal keys apart from different ones in a dump

    def __repr__(self) -> str:
        return _REDACTED

    __str__ = __repr__

    def __format__(self, format_spec: str, /) -> str:
        return _REDACTED

    # Serialisers other than pickle ask for the state itself, and object's own __getstate__ would hand out the key.
    def __getstate__(self) -> NoReturn:
        message = "a key is neither pickled nor copied"
        raise MisuseError(message)

    def __reduce__(self) -> NoReturn:
        self.__getstate__()

    def __reduce_ex__(self, protocol: object, /) -> NoReturn:
        self.__getstate__()

    def __copy__(self) -> NoReturn:
        self.__getstate__()

    def __deepcopy__(self, memo: object) -> NoReturn:
        self.__getstate__()


def _read_only(keys: Mapping[str, KeyBytes]) -> Mapping[str, KeyBytes]:
    return MappingProxyType(dict(keys))


@attrs.frozen(repr=False)
class KeySet:
    """The keys of one purpose that rotates: what was written with a former key is read with it.

    Attributes:
        current: Id of the key for whatever is new.
        keys: All keys by id (:func:`is_key_id`).

    Raises:
        ConfigurationError: No keys or too many, an id of another form, or the current one missing.
    """

    current: str
    keys: Mapping[str, KeyBytes] = attrs.field(converter=_read_only)

    def __attrs_post_init__(self) -> None:
        if not 1 <= len(self.keys) <= MAX_KEYS:
            message = f"keys: a purpose has from 1 to {MAX_KEYS}"
            raise ConfigurationError(message)
        if not all(is_key_id(key_id) for key_id in self.keys):
            message = "keys: an id has 1 to 32 letters, digits, '.', '_' and '-', a letter or digit first"
            raise ConfigurationError(message)
        if self.current not in self.keys:
            message = "current: must be the id of one of the keys"
            raise ConfigurationError(message)

    @classmethod
    def of(cls, key: KeyBytes) -> KeySet:
        """Return the set that starts with one key."""
        key_id = f"1-{key.check()}"
        return cls(key_id, {key_id: key})

    def get(self, key_id: str) -> KeyBytes | None:
        """Return a key by id, None where it is not held."""
        return self.keys.get(key_id)

    def rotated(self, key: KeyBytes) -> KeySet:
        """Return the set with one more key, which is the current one from now on.

        The new id carries a check of its key: two operators who rotate the same set at the same time make different
        ids, so that a host with the other key knows that it lacks one instead of finding every password wrong.

        Raises:
            ConfigurationError: There are too many keys.
        """
        numbers = [int(match[1]) for key_id in self.keys if (match := _NUMBERED.fullmatch(key_id))]
        key_id = f"{max(numbers, default=0) + 1}-{key.check()}"
        return KeySet(key_id, {**self.keys, key_id: key})

    def __repr__(self) -> str:
        return f"KeySet(current={self.current!r}, ids={list(self.keys)!r})"
