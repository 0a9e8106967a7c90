"""okmate_auth: the login of a corporate internet-banking service, framework-agnostic and exact at any parallelism.

Here is what a login view needs. Administration is in :mod:`okmate_auth.commands`, reading in
:mod:`okmate_auth.queries`, the other stores in :mod:`okmate_auth.storage`, the rules in :mod:`okmate_auth.policies`.
"""

from __future__ import annotations

from okmate_auth.client import Client
from okmate_auth.commands import (
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
    ResyncToken,
    SkipEnrollment,
    StepUp,
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
from okmate_auth.shells.aio import AsyncAuthenticator
from okmate_auth.shells.keyring import KeyRing
from okmate_auth.shells.sync import Authenticator
from okmate_auth.storage import SQLiteStore

__all__ = [
    "NIST_800_63B_4",
    "OKMATE",
    "Abandon",
    "AcknowledgeChange",
    "ActionDue",
    "AnswerAction",
    "AsyncAuthenticator",
    "Authenticated",
    "Authenticator",
    "Busy",
    "ChangePasswords",
    "Client",
    "CodeDue",
    "Confirm",
    "EnrollToken",
    "EnrollmentDue",
    "EnterCode",
    "EnterPassword",
    "KeyRing",
    "Logout",
    "OkmateAuthError",
    "PasswordChangeDone",
    "PasswordChangeDue",
    "PasswordDue",
    "PasswordLogin",
    "PresentCertificate",
    "Refused",
    "ResyncToken",
    "SQLiteStore",
    "Secret",
    "Session",
    "SkipEnrollment",
    "StepUp",
    "TopPage",
]
