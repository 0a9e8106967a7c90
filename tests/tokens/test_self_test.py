"""The known-answer test: it passes here, and fails wherever anything is computed differently."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from typing import Any, Final

import attrs
import pytest
from pyotp import totp

from okmate_auth.errors import InfrastructureError
from okmate_auth.tokens import Accepted, Position, Verdict, Wrong, code_at, self_test, verification, verify, window
from okmate_auth.tokens import self_test as function
from tests.children import run
from tests.tokens.samples import vectors

MODULE: Final = sys.modules[function.__module__]


def test_codes_are_computed_here_as_the_standards_say() -> None:
    """Every answer is the known one."""
    self_test()


def test_its_answers_are_those_of_the_standards() -> None:
    """All ten codes of RFC 4226, and first, leading zero and last time of RFC 6238 for every algorithm."""
    pressed, timed = vectors("rfc4226"), vectors("rfc6238")
    assert pressed["seed"] == MODULE.HOTP_SEED.hex()
    assert [row["code"] for row in pressed["codes"]] == list(MODULE.HOTP_CODES)
    assert timed["seeds"] == {algorithm: seed.hex() for algorithm, seed in MODULE.TOTP_SEEDS.items()}
    table = {(row["seconds"], row["algorithm"]): row["code"] for row in timed["codes"]}
    told = {
        (seconds, algorithm): code
        for seconds, codes in MODULE.TOTP_CODES
        for algorithm, code in zip(MODULE.TOTP_SEEDS, codes, strict=True)
    }
    assert told.items() <= table.items()
    assert {seconds for seconds, _ in told} == {59, 1111111109, 20000000000}


def other_hash(data: bytes = b"") -> object:
    """Hash as SHA-256 does, whatever the name says."""
    return hashlib.sha256(data)


def other_code(*given: Any) -> str:  # noqa: ANN401 - of any call
    """Compute one code, and change it."""
    return f"{(int(code_at(*given)) + 1) % 10**8:08}"


def never(*_: object, **__: object) -> Verdict:
    """Judge every code wrong."""
    return Wrong()


def always(*given: Any, **named: Any) -> Verdict:  # noqa: ANN401 - of any call
    """Judge every code right, and move nothing."""
    verdict = verify(*given, **named)
    return verdict if isinstance(verdict, Accepted) else Accepted(0, Position())


def elsewhere(*given: Any, **named: Any) -> Verdict:  # noqa: ANN401 - of any call
    """Accept at another counter."""
    verdict = verify(*given, **named)
    return attrs.evolve(verdict, counter=verdict.counter + 1) if isinstance(verdict, Accepted) else verdict


def break_hash(name: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Return what exchanges one algorithm of the scan."""

    def do(patch: pytest.MonkeyPatch) -> None:
        patch.setitem(window._HASHES, name, (other_hash if name == "SHA1" else hashlib.sha224, 64))

    return do


BROKEN: Final[dict[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "SHA-1": break_hash("SHA1"),
    "SHA-256": break_hash("SHA256"),
    "SHA-512": break_hash("SHA512"),
    "inner pad": lambda patch: patch.setattr(window, "_INNER", bytes(range(256))),
    "outer pad": lambda patch: patch.setattr(window, "_OUTER", bytes(range(256))),
    "one code": lambda patch: patch.setattr(MODULE, "code_at", other_code),
    "nothing is right": lambda patch: patch.setattr(MODULE, "verify", never),
    "everything is right": lambda patch: patch.setattr(MODULE, "verify", always),
    "another counter": lambda patch: patch.setattr(MODULE, "verify", elsewhere),
    "the scan finds nothing": lambda patch: patch.setattr(verification, "matching", lambda *_: ()),
    "pyotp": lambda patch: patch.setattr(totp.TOTP, "at", lambda *_: "94287082"),
}
"""What may be broken, in this package, in OpenSSL or in pyotp."""


@pytest.mark.parametrize("what", BROKEN)
def test_whatever_is_computed_differently_is_noticed(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """One wrong answer of any part, and this process judges no code."""
    BROKEN[what](monkeypatch)
    with pytest.raises(InfrastructureError, match=r"^one-time passwords are not computed as"):
        self_test()


def test_an_algorithm_that_is_forbidden_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a machine's policy lets nobody hash by SHA-1, that is what the operator reads."""

    def forbidden(_: bytes) -> None:
        message = "[digital envelope routines] unsupported"
        raise ValueError(message)

    monkeypatch.setitem(window._HASHES, "SHA1", (forbidden, 64))
    with pytest.raises(InfrastructureError, match=r"^one-time passwords can't be computed: an algorithm") as caught:
        self_test()
    assert isinstance(caught.value.__cause__, ValueError)


def test_importing_the_library_does_not_import_pyotp() -> None:
    """Its import costs as much as half of ours; only the known-answer test pays for it."""
    program = (
        "import sys\n"
        "from okmate_auth.tokens import self_test\n"
        "before = 'pyotp' in sys.modules\n"
        "self_test()\n"
        "print(before, 'pyotp' in sys.modules)\n"
    )
    assert run(program, timeout=60).split() == ["False", "True"]
