"""The demo: a story on a real database file that a person can follow and a program can check."""

from __future__ import annotations

from okmate_auth.demo.show import Show, kept_bank, temporary_bank

__all__ = ["Show", "kept_bank", "temporary_bank"]
