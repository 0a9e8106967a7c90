"""One rule that something entered does not keep: machine-readable, and never with the value itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

from okmate_auth import messages


@attrs.frozen
class Violation:
    """A broken rule.

    Attributes:
        code: Stable name of the rule, such as ``too-short``.
        field: Name of the field of the command it concerns, such as ``new_login_password``.
        parameters: What the message needs, such as the minimum length; never what was entered.
    """

    code: str
    field: str
    parameters: Mapping[str, int | str] = attrs.field(factory=dict[str, int | str])

    def message(self, language: Literal["ja", "en"]) -> str:
        """Return what a page may say beside the field, in Japanese (``ja``) or English (``en``)."""
        name = messages.field(language, self.field)
        return messages.text(language, self.code, {**self.parameters, "field": name})
