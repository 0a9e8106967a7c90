"""What of :mod:`okmate_auth.testing` needs the extra, and what is said where it is not installed."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

import pytest

from okmate_auth import testing
from tests.unchecked import unchecked

WITHOUT: Final = "import sys; sys.modules.update(dict.fromkeys({missing!r})); "  # importing what is None there fails
NEEDS_THE_EXTRA: Final = {"AsyncStoreContract", "StoreContract", "broken"}


def without(missing: tuple[str, ...], program: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process that lacks modules."""
    code = WITHOUT.format(missing=missing) + program
    return subprocess.run(  # noqa: S603 - a program of this file
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )


def test_all_but_the_contract_needs_nothing_but_the_core() -> None:
    """Neither pytest nor Hypothesis is imported for a clock, a token or a wrapper of a store."""
    names = ", ".join(sorted({*testing.__all__} - NEEDS_THE_EXTRA))
    run = without(("pytest", "hypothesis"), f"from okmate_auth.testing import {names}; print(FakeClock())")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("FakeClock(")


@pytest.mark.parametrize("missing", ["pytest", "hypothesis"])
@pytest.mark.parametrize(
    "program",
    [
        *(f"from okmate_auth.testing import {name}" for name in sorted(NEEDS_THE_EXTRA)),
        "import okmate_auth.testing.contract",
    ],
)
def test_the_contract_says_which_extra_to_install(missing: str, program: str) -> None:
    """The last line of the traceback is the mending."""
    run = without((missing,), program)
    assert run.returncode == 1
    last = run.stderr.splitlines()[-1]
    assert last.startswith(f"ModuleNotFoundError: the contract kit needs {missing}: install ")
    assert last.endswith("okmate_auth[testing]")


def test_what_is_public_is_there_and_nothing_else() -> None:
    """Names that are imported late are as good as any; others are missing as in every module."""
    assert all(hasattr(testing, name) for name in testing.__all__)
    assert dir(testing) == sorted(testing.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Stub'"):
        unchecked(testing).Stub  # noqa: B018 - looking is what is tested
