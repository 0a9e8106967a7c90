"""What a caller without a type checker hands over."""

from __future__ import annotations

from typing import Any

__all__ = ["unchecked"]


def unchecked(value: object) -> Any:  # noqa: ANN401 - the one way by which a test leaves the types on purpose
    """Return the value, which passes for any type: what the types forbid has to be refused at run time as well."""
    return value
