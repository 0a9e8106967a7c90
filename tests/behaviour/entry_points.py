"""Every public entry point with what a caller may give it, and what no caller should: the tables of bad input.

What is right in form here is wrong in fact: no handle leads anywhere, no person may do anything, no token exists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from hypothesis import strategies as st

from okmate_auth import (
    Abandon,
    AcknowledgeChange,
    AnswerAction,
    ChangePasswords,
    Confirm,
    EnrollToken,
    EnterCode,
    EnterPassword,
    Logout,
    PasswordLogin,
    PresentCertificate,
    SkipEnrollment,
    StepUp,
    TopPage,
    queries,
)
from okmate_auth.certificates import CertificateChain
from okmate_auth.commands import (
    BySession,
    ChangeEntitlements,
    CloseUser,
    DispatchTokens,
    EndSession,
    MarkSent,
    RecordOperation,
    RegisterCertificate,
    RegisterCompany,
    RegisterUser,
    ReinitializeToken,
    Release,
    ReleaseToken,
    RequireChange,
    ResealTokens,
    ResetPasswords,
    ResyncInSession,
    ResyncToken,
    RetireToken,
    RevokeCertificate,
    RevokeToken,
    StockTokens,
    Suspend,
    SuspendToken,
)
from okmate_auth.commands.transitions import COMMANDS
from okmate_auth.queries import CheckSession, ExplainToken, ListSessions, PendingNotices, ReadHistory, SealedTokens
from okmate_auth.queries.query import Query
from tests.behaviour.bank import COMPANY, DESK, WRONG, Bank, User

__all__ = ["HOSTILE", "NAMES", "NOT_TEXT", "entry_points", "texts"]


class Liar(str):
    """A text that claims to be equal to everything, longer than it is, and something else when it is shown."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __len__(self) -> int:
        return 8

    def __str__(self) -> str:
        return "hanako01"


NOT_TEXT: Final = (None, 0, True, 1.5, b"hanako01", ["hanako01"], {"a": 1}, object(), ("a", "b"))
HOSTILE: Final = (
    "",
    " ",
    "\0",
    "hanako\x0001",
    "ｈａｎａｋｏ０１",
    "hanako01 ",
    "hanako01\n",
    "\u202ehanako01",
    "hana\u200bko01",
    "\ud800abc123",
    "İstanbul1",
    "' OR 1=1 --",
    "${jndi:ldap://x}",
    "\x1b[31mred",
    "a" * 5,
    "a" * 13,
    "１２３４５６",
    "\ufdfa" * 60,
    "a1" * 1_000_000,
    "A" * 43,
    "A" * 42,
    "A" * 44,
    "-" * 43,
    Liar("hanako01"),
)
texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60), st.text("０１２ａｂ１２ab", max_size=14))

Build = Callable[..., Any]


def entry_points(bank: Bank, user: User) -> Mapping[str, tuple[Build, dict[str, Any], tuple[str, ...]]]:
    """Return each command and query: how it is built, with what, and which of its fields a user types."""
    client, handle = user.home, "A" * 43
    own = {"authority": BySession(session=handle, confirmation_password="x", client=client)}
    on = {"login_id": user.login_id, **own}
    return {
        "PasswordLogin": (
            PasswordLogin,
            {"login_id": user.login_id, "password": WRONG, "attempt": bank.token(), "client": client},
            ("login_id", "password", "attempt"),
        ),
        "ChangePasswords": (
            ChangePasswords,
            {"handle": handle, "client": client, "current_login_password": "a", "new_login_password": "b"},
            ("handle", "current_login_password", "new_login_password", "new_confirmation_password"),
        ),
        "AcknowledgeChange": (AcknowledgeChange, {"handle": handle, "client": client}, ("handle",)),
        "PresentCertificate": (PresentCertificate, {"attempt": bank.token(), "client": client}, ("attempt",)),
        "EnterPassword": (
            EnterPassword,
            {"handle": handle, "client": client, "password": WRONG},
            ("handle", "password"),
        ),
        "EnterCode": (EnterCode, {"handle": handle, "client": client, "code": "123456"}, ("handle", "code")),
        "ResyncToken": (
            ResyncToken,
            {"handle": handle, "client": client, "first": "123456", "second": "234567"},
            ("handle", "first", "second"),
        ),
        "EnrollToken": (
            EnrollToken,
            {"handle": handle, "client": client, "serial": "TK-000001", "code": "123456"},
            ("handle", "serial", "code"),
        ),
        "SkipEnrollment": (SkipEnrollment, {"handle": handle, "client": client}, ("handle",)),
        "AnswerAction": (AnswerAction, {"handle": handle, "client": client, "name": "mail"}, ("handle", "name")),
        "Abandon": (Abandon, {"handle": handle, "client": client}, ("handle",)),
        "Confirm": (
            Confirm,
            {"session": handle, "password": WRONG, "purpose": "transfer", "client": client},
            ("session", "password", "purpose"),
        ),
        "StepUp": (
            StepUp,
            {"session": handle, "code": "123456", "purpose": "transfer", "client": client},
            ("session", "code", "purpose"),
        ),
        "ResyncInSession": (
            ResyncInSession,
            {"session": handle, "first": "123456", "second": "234567", "client": client},
            ("session", "first", "second"),
        ),
        "Logout": (Logout, {"session": handle, "client": client}, ("session",)),
        "RecordOperation": (
            RecordOperation,
            {"session": handle, "id": "T-1", "name": "transfer", "client": client, "details": {"to": "x"}},
            ("session", "id", "name"),
        ),
        "EndSession": (EndSession, {"session": handle, "client": client, "which": "x"}, ("session", "which")),
        "RegisterCompany": (
            RegisterCompany,
            {"company": "C002", "name": "商事", "authority": DESK},
            ("company", "name", "method"),
        ),
        "RegisterUser": (
            RegisterUser,
            {"login_id": "Jiro0001", "company": COMPANY, **own},
            ("login_id", "company", "role", "name", "method", "initial_password"),
        ),
        "ChangeEntitlements": (ChangeEntitlements, {**on, "add": ("transfer",)}, ("login_id",)),
        "RequireChange": (RequireChange, on, ("login_id",)),
        "ResetPasswords": (ResetPasswords, on, ("login_id",)),
        "Suspend": (Suspend, on, ("login_id",)),
        "Release": (Release, on, ("login_id",)),
        "CloseUser": (CloseUser, on, ("login_id",)),
        "StockTokens": (StockTokens, {"file": "TK-000001", "authority": DESK}, ("file",)),
        "DispatchTokens": (
            DispatchTokens,
            {"company": COMPANY, "serials": ("TK-000001",), "authority": DESK},
            ("company",),
        ),
        "RegisterCertificate": (RegisterCertificate, {**on, "certificate": CertificateChain(b"0")}, ("login_id",)),
        "RevokeCertificate": (RevokeCertificate, on, ("login_id",)),
        "RevokeToken": (RevokeToken, on, ("login_id",)),
        "ReinitializeToken": (ReinitializeToken, on, ("login_id",)),
        "SuspendToken": (SuspendToken, on, ("login_id",)),
        "ReleaseToken": (ReleaseToken, on, ("login_id", "serial")),
        "RetireToken": (RetireToken, {"serial": "TK-000001", "authority": DESK}, ("serial",)),
        "ResealTokens": (ResealTokens, {"serials": ("TK-000001",), "authority": DESK}, ()),
        "MarkSent": (MarkSent, {"ids": ("x",)}, ()),
        "TopPage": (TopPage, {"handle": handle, "client": client}, ("handle",)),
        "ListSessions": (ListSessions, {"handle": handle, "client": client}, ("handle",)),
        "ReadHistory": (ReadHistory, {"login_id": user.login_id}, ("login_id",)),
        "PendingNotices": (PendingNotices, {}, ()),
        "ExplainToken": (ExplainToken, {"login_id": user.login_id}, ("login_id",)),
        "SealedTokens": (SealedTokens, {"until": bank.clock()}, ()),
    }


NAMES: Final = (
    *(command.__name__ for command in COMMANDS),
    *(
        kind.__name__
        for kind in vars(queries).values()
        if isinstance(kind, type) and issubclass(kind, Query) and kind is not CheckSession
    ),
)
"""Every command, and every query that is read; a session is checked by a method of its own."""
