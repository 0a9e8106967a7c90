"""The checks of the store contract, by what they look at; each names the guarantee that it makes sure of."""

from __future__ import annotations

from typing import Final

from okmate_auth.testing.checks.cancels import CANCELS
from okmate_auth.testing.checks.crashes import CRASHES
from okmate_auth.testing.checks.guards import GUARDS
from okmate_auth.testing.checks.machine import MACHINE
from okmate_auth.testing.checks.malformed import MALFORMED
from okmate_auth.testing.checks.queries import QUERIES
from okmate_auth.testing.checks.races import RACES
from okmate_auth.testing.checks.tears import TEARS
from okmate_auth.testing.kit import Check

__all__ = ["CHECKS"]

CHECKS: Final[tuple[Check, ...]] = (*GUARDS, *QUERIES, *MALFORMED, *MACHINE, *RACES, *TEARS, *CANCELS, *CRASHES)
