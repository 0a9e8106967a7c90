"""T13: what ``import okmate_auth`` costs, in interpreters that have just begun, ours and theirs in turns.

``T13-import``: the import, and that of what nobody can do without who does the same: argon2, attrs,
cryptography.x509.verification, sqlite3 and asyncio. Each interpreter times its own import and nothing of its start.
``T13-memory``: the peak of resident memory of an interpreter that imported it, its own share included, against the
40 MiB it may be. In both it is made sure that no SQL toolkit, web framework or HTTP client came along.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import Final

from benchmarks.contest import Benchmark, Contest, Side, UnavailableError, exactly
from benchmarks.peers.process import ROOT

__all__ = ["FOREIGN", "ROWS", "imported"]

OURS: Final = "okmate_auth"
BASE: Final = "argon2, attrs, cryptography.x509.verification, sqlite3, asyncio"
FOREIGN: Final = (
    *("sqlalchemy", "psycopg", "redis", "django", "flask", "werkzeug", "fastapi", "starlette", "pydantic"),
    *("http.client", "urllib.request", "urllib3", "requests", "httpx", "aiohttp"),
)
"""What must not come along; a module of any of these names, or below it."""
_TIMED: Final = """
import sys, time
began = time.perf_counter()
import {modules}
seconds = time.perf_counter() - began
"""
_PEAK: Final = """
import sys
import {modules}
peak = [line.split()[1] for line in open("/proc/self/status", encoding="ascii") if line.startswith("VmHWM:")]
seconds = int(peak[0]) * 1024
"""
_TOLD: Final = """
foreign = {foreign!r}
print(repr(seconds), *(name for name in sys.modules if any(f"{{name}}.".startswith(f"{{one}}.") for one in foreign)))
"""
_LIMIT_BYTES: Final = 40 * 2**20


def imported(modules: str, template: str = _TIMED) -> tuple[float, tuple[str, ...]]:
    """Import modules in a new interpreter; return the seconds (or what the template tells), and what is foreign."""
    program = template.format(modules=modules) + _TOLD.format(foreign=FOREIGN)
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-I", "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    told, *foreign = done.stdout.split()
    return float(told), tuple(foreign)


def _importing(modules: str, template: str = _TIMED) -> Side:
    def go(operations: int) -> float:
        told = 0.0
        for _ in range(operations):
            figure, foreign = imported(modules, template)
            if foreign:
                message = f"import {modules} brings along {', '.join(foreign)}"
                raise RuntimeError(message)
            told += figure
        return told

    return go


@contextmanager
def _time() -> Generator[Contest, None, None]:
    yield {"ours": _importing(OURS), "base": _importing(BASE)}


@contextmanager
def _memory() -> Generator[Contest, None, None]:
    if sys.platform != "linux":
        message = "the peak of resident memory is read from /proc"
        raise UnavailableError(message)
    yield {"ours": _importing(OURS, _PEAK), "40 MiB": exactly(_LIMIT_BYTES)}


_ROW: Final = partial(Benchmark, engine="new interpreter", operations=1)

ROWS: Final = (
    _ROW(name="T13-import", what="import okmate_auth / what it stands on", open=_time, budget=1.25, rounds=40),
    _ROW(name="T13-memory", what="import okmate_auth / 40 MiB", open=_memory, budget=1.0, rounds=20, unit="bytes"),
)
