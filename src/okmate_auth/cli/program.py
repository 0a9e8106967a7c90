"""The command line: what can be asked, and how it ends.

Rule 1. Exit codes: 0 all went well; 1 it failed, the reason is one line on standard error; 2 the command line is wrong;
        128 + n it was stopped by signal n. What a user can cause shows no traceback; a defect of ours does.
Rule 2. Nothing begins that can't be told: a closed standard output is found before anything is done.
Rule 3. No secret is printed, and no argument repeated in a message: somebody may have typed a key where a path belongs.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import signal
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Final

from okmate_auth.cli import demo, diagram, keys, output
from okmate_auth.errors import OkmateAuthError

__all__ = ["main"]

FAILED: Final = 1
_STOPPED: Final = 128  # as shells count it

_EPILOG: Final = (
    "Exit codes: 0 all went well; 1 it failed, and the reason is on standard error; 2 the command line is wrong."
)

_COMMANDS: Final = (
    (
        "demo",
        "follow a user's logins on a real database file",
        "Plays a story on a SQLite file: what the screen would say, what was committed, how long it took; all made up.",
        demo.arguments,
    ),
    (
        "diagram",
        "draw the login as a state machine",
        "Draws which command answers which step, and what comes of it, from the library's own table.",
        diagram.arguments,
    ),
    (
        "keys",
        "make or rotate the keys of a bank",
        "Makes a key file, or adds a new current key to one. Only ids of keys are shown.",
        keys.arguments,
    ),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Args:
        arguments: Without the program's name; those of this process by default.

    Returns:
        The exit code.
    """
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison]  # so it is where its descriptor is closed
        output.complain("standard output is closed")
        return FAILED
    try:
        with contextlib.redirect_stderr(sys.stderr or io.StringIO()):  # argparse would say it on standard output
            code = _done(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        output.give_up()  # whoever read it has seen enough, and is not told so
        return FAILED
    except KeyboardInterrupt:
        output.give_up()
        return _STOPPED + signal.SIGINT
    except OkmateAuthError as error:
        output.complain(str(error))
        return FAILED
    except OSError as error:
        output.give_up()
        output.complain(os.strerror(error.errno) if error.errno else "the system refused")
        return FAILED
    return code


def _done(arguments: Sequence[str] | None) -> int:
    try:
        chosen = _parser().parse_args(arguments)
        code: int = chosen.run(chosen)
    except SystemExit as stop:  # argparse ends this way, after help as after a mistake; so does a signal
        return stop.code if isinstance(stop.code, int) else FAILED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="okmate-auth",
        description="The login procedure of a corporate internet-banking service: a demo, its diagram, its keys.",
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"okmate-auth {_version()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, about, description, arguments in _COMMANDS:
        arguments(commands.add_parser(name, help=about, description=description, allow_abbrev=False))
    return parser


def _version() -> str:
    try:
        return metadata.version("okmate_auth")
    except metadata.PackageNotFoundError:
        return "(not installed)"
