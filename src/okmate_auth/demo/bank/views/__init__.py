"""The demo bank's views, by subject: each takes a request, asks the gate and the library, and returns a page."""

from __future__ import annotations
