"""Names of the factors; a factor is a name with a counter of its own, so that another kind can be added."""

from __future__ import annotations

from typing import Final

LOGIN_PASSWORD: Final = "login-password"  # noqa: S105 - a factor's name
CONFIRMATION_PASSWORD: Final = "confirmation-password"  # noqa: S105 - a factor's name
CODE: Final = "code"
CERTIFICATE: Final = "certificate"
