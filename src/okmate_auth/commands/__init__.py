"""The vocabulary: every command, an immutable value with one pure function that decides what it does."""

from __future__ import annotations

from okmate_auth.commands.abandon import Abandon
from okmate_auth.commands.acknowledge import AcknowledgeChange
from okmate_auth.commands.answer import AnswerAction
from okmate_auth.commands.authority import Authority, ByDesk, BySession
from okmate_auth.commands.certificates import RegisterCertificate, RevokeCertificate
from okmate_auth.commands.change import ChangePasswords
from okmate_auth.commands.companies import RegisterCompany
from okmate_auth.commands.confirm import Confirm
from okmate_auth.commands.enrollment import EnrollToken, SkipEnrollment
from okmate_auth.commands.enter import EnterCode
from okmate_auth.commands.enter_password import EnterPassword
from okmate_auth.commands.locks import Release, Suspend
from okmate_auth.commands.login import PasswordLogin
from okmate_auth.commands.notices import MarkSent
from okmate_auth.commands.operations import RecordOperation
from okmate_auth.commands.passwords import RequireChange, ResetPasswords
from okmate_auth.commands.present import PresentCertificate
from okmate_auth.commands.resync import ResyncToken
from okmate_auth.commands.session import EndSession, Logout
from okmate_auth.commands.session_codes import ResyncInSession, StepUp
from okmate_auth.commands.stock import DispatchTokens, ResealTokens, RetireToken, StockTokens
from okmate_auth.commands.tokens import ReinitializeToken, ReleaseToken, RevokeToken, SuspendToken
from okmate_auth.commands.transitions import COMMANDS, TRANSITIONS, unanswered
from okmate_auth.commands.users import ChangeEntitlements, CloseUser, RegisterUser

__all__ = [
    "COMMANDS",
    "TRANSITIONS",
    "Abandon",
    "AcknowledgeChange",
    "AnswerAction",
    "Authority",
    "ByDesk",
    "BySession",
    "ChangeEntitlements",
    "ChangePasswords",
    "CloseUser",
    "Confirm",
    "DispatchTokens",
    "EndSession",
    "EnrollToken",
    "EnterCode",
    "EnterPassword",
    "Logout",
    "MarkSent",
    "PasswordLogin",
    "PresentCertificate",
    "RecordOperation",
    "RegisterCertificate",
    "RegisterCompany",
    "RegisterUser",
    "ReinitializeToken",
    "Release",
    "ReleaseToken",
    "RequireChange",
    "ResealTokens",
    "ResetPasswords",
    "ResyncInSession",
    "ResyncToken",
    "RetireToken",
    "RevokeCertificate",
    "RevokeToken",
    "SkipEnrollment",
    "StepUp",
    "StockTokens",
    "Suspend",
    "SuspendToken",
    "unanswered",
]
