"""Converters of the fields of commands and queries: text is text, secrets are wrapped at once.

What has the wrong type is the calling program's fault and raises; what has the wrong form is a user's and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from okmate_auth.errors import MisuseError
from okmate_auth.secret import Secret, as_secret
from okmate_auth.text import strict_str

_REFERENCE: Final = re.compile(r"[!-~]{1,64}", re.ASCII)


def login_id(value: str) -> str:
    """Return a login ID as plain text."""
    return strict_str(value, "login_id")


def name(value: str) -> str:
    """Return a name as plain text."""
    return strict_str(value, "name")


def company(value: str) -> str:
    """Return a company's id as plain text."""
    return strict_str(value, "company")


def serial(value: str) -> str:
    """Return a serial number as plain text."""
    return strict_str(value, "serial")


def purpose(value: str) -> str:
    """Return a purpose as plain text."""
    return strict_str(value, "purpose")


def which(value: str) -> str:
    """Return which one is meant, as plain text."""
    return strict_str(value, "which")


def names(value: Iterable[str]) -> tuple[str, ...]:
    """Return several names, each once, in their order; one text is not several."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        message = "several names are a sequence of texts, not one text"
        raise MisuseError(message)
    return tuple(dict.fromkeys(strict_str(one, "names") for one in value))


def optional_secret(value: Secret | str | None) -> Secret | None:
    """Return what was entered as a secret; an empty field of a form is like none."""
    secret = None if value is None else as_secret(value)
    return secret if secret is not None and len(secret) else None


def instant(value: object) -> datetime:
    """Return an instant, made sure that it is aware."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        message = "an instant is an aware datetime"
        raise MisuseError(message)
    return value


def optional_instant(value: object) -> datetime | None:
    """Return an instant, made sure that it is aware; or None."""
    return None if value is None else instant(value)


def flag(value: bool) -> bool:  # noqa: FBT001 - a converter
    """Return a truth value, made sure that it is one."""
    if value is True or value is False:
        return value
    message = "a flag is True or False"
    raise MisuseError(message)


def operator(value: str) -> str:
    """Return the bank's name for a person at its desk."""
    return _reference(value, "operator")


def ticket(value: str) -> str:
    """Return the bank's reference of a case."""
    return _reference(value, "ticket")


def _reference(value: str, field: str) -> str:
    text = strict_str(value, field)
    if _REFERENCE.fullmatch(text) is None:
        message = f"{field}: 1 to 64 printable ASCII characters without spaces"
        raise MisuseError(message)
    return text
