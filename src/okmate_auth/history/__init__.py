"""Histories that can't be changed unseen: how rows are chained, and how a chain is verified."""

from __future__ import annotations

from okmate_auth.history.chain import ChainDefect, append, verify, verify_newest

__all__ = ["ChainDefect", "append", "verify", "verify_newest"]
