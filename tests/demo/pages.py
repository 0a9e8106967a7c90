"""A session and its top page, for tests of what the screens say about them."""

from __future__ import annotations

from typing import Final

from okmate_auth.demo.people import HANAKO
from okmate_auth.queries import Session, TopPageView
from okmate_auth.testing import FakeClock

__all__ = ["NOW", "PAGE", "SESSION"]

NOW: Final = FakeClock()()
SESSION: Final = Session(
    subject="s",
    login_id=HANAKO,
    company="C-1",
    role="master",
    entrance="password",
    factors=("login-password",),
    enrollment_skipped=False,
    entitlements=("transfer", "inquiry", "bank-own"),
    guarded=(),
    grace_until=None,
    started_at=NOW,
    ends_at=NOW,
    idle_ends_at=NOW,
    fresh=(),
)
PAGE: Final = TopPageView(session=SESSION, name="", logged_in_at=NOW, logins=(), operations=())
