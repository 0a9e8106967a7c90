"""What can be read: every query, an immutable value that declares what it needs and answers purely."""

from __future__ import annotations

from okmate_auth.queries.histories import HistoryPage, ReadHistory
from okmate_auth.queries.notices import PendingNotices
from okmate_auth.queries.session import CheckSession, Session
from okmate_auth.queries.sessions import ListedSession, ListSessions
from okmate_auth.queries.tokens import ExplainToken, SealedSeed, SealedTokens, TokenReport, Why
from okmate_auth.queries.top_page import LastLogin, TopPage, TopPageView

__all__ = [
    "CheckSession",
    "ExplainToken",
    "HistoryPage",
    "LastLogin",
    "ListSessions",
    "ListedSession",
    "PendingNotices",
    "ReadHistory",
    "SealedSeed",
    "SealedTokens",
    "Session",
    "TokenReport",
    "TopPage",
    "TopPageView",
    "Why",
]
