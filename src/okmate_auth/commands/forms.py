"""Converters of fields that take one of a few words; which words there are is the command's own matter to refuse.

A subclass of text that lies about what it equals would pass for one of them and be stored as something else (A102).
"""

from __future__ import annotations

from typing import cast

from okmate_auth.records.account import Role
from okmate_auth.records.history import Entrance
from okmate_auth.text import strict_str


def method(value: Entrance) -> Entrance:
    """Return a login method as plain text."""
    return cast("Entrance", strict_str(value, "method"))


def optional_method(value: Entrance | None) -> Entrance | None:
    """Return a login method as plain text, or None."""
    return None if value is None else method(value)


def role(value: Role) -> Role:
    """Return a role as plain text."""
    return cast("Role", strict_str(value, "role"))
