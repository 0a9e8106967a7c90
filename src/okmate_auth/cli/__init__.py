"""The command ``okmate-auth``."""

from __future__ import annotations

from okmate_auth.cli.program import main

__all__ = ["main"]
