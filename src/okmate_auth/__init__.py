"""okmate_auth: the login of a corporate internet-banking service, framework-agnostic and exact at any parallelism."""

from __future__ import annotations

from okmate_auth.client import Client
from okmate_auth.commands import (
    Abandon,
    AcknowledgeChange,
    AnswerAction,
    ByDesk,
    BySession,
    ChangePasswords,
    Confirm,
    Logout,
    PasswordLogin,
)
from okmate_auth.errors import OkmateAuthError
from okmate_auth.policies.nist import NIST_800_63B_4
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.queries import Session, TopPage
from okmate_auth.replies import (
    ActionDue,
    Authenticated,
    Busy,
    CodeDue,
    EnrollmentDue,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordDue,
    Refused,
)
from okmate_auth.secret import Secret
from okmate_auth.shells.keyring import KeyRing
from okmate_auth.shells.sync import Authenticator
from okmate_auth.storage.memory import MemoryStore

__all__ = [
    "NIST_800_63B_4",
    "OKMATE",
    "Abandon",
    "AcknowledgeChange",
    "ActionDue",
    "AnswerAction",
    "Authenticated",
    "Authenticator",
    "Busy",
    "ByDesk",
    "BySession",
    "ChangePasswords",
    "Client",
    "CodeDue",
    "Confirm",
    "EnrollmentDue",
    "KeyRing",
    "Logout",
    "MemoryStore",
    "OkmateAuthError",
    "PasswordChangeDone",
    "PasswordChangeDue",
    "PasswordDue",
    "PasswordLogin",
    "Refused",
    "Secret",
    "Session",
    "TopPage",
]
