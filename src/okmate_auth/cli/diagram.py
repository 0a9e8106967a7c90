"""``okmate-auth diagram``: the login as a state machine, drawn from what the commands declare."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from okmate_auth.cli.dot import dot, svg
from okmate_auth.cli.drawing import Machine, drawn
from okmate_auth.cli.mermaid import mermaid
from okmate_auth.errors import InfrastructureError

__all__ = ["arguments"]

_FORMATS: Final[dict[str, Callable[[Machine], str]]] = {"mermaid": mermaid, "dot": dot, "svg": svg}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the command's parser what it takes and what it does."""
    parser.add_argument("--format", choices=tuple(_FORMATS), default="mermaid", help="default: mermaid; svg needs dot")
    parser.add_argument("--output", metavar="FILE", type=Path, help="write to this file (default: standard output)")
    parser.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> int:
    text = _FORMATS[chosen.format](drawn())
    if chosen.output is None:
        sys.stdout.write(text)
        return 0
    try:
        chosen.output.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        message = f"--output: {os.strerror(error.errno or 0)}"
        raise InfrastructureError(message) from None
    except ValueError:  # NUL in the name
        message = "--output: the name of a file"
        raise InfrastructureError(message) from None
    return 0
