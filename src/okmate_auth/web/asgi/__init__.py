"""The adapter for Starlette and FastAPI: the gate before the views, a middleware for pages, certificates by uvicorn.

Needs the extra ``asgi``. ``okmate_auth.web.asgi.certificates`` needs uvicorn besides, and is imported by its own name.
"""

from __future__ import annotations

from okmate_auth.web.asgi.connections import connection_of
from okmate_auth.web.asgi.exceptions import Closed, NeedsCode, NeedsConfirmation, NeedsLogin, Rejected, Stopped
from okmate_auth.web.asgi.gate import Gate, Guard
from okmate_auth.web.asgi.pages import PageHeaders

__all__ = [
    "Closed",
    "Gate",
    "Guard",
    "NeedsCode",
    "NeedsConfirmation",
    "NeedsLogin",
    "PageHeaders",
    "Rejected",
    "Stopped",
    "connection_of",
]
