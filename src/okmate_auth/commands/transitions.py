"""The state machine as a table, built from what the commands declare.

Rule 1. Nobody writes this table: each command names the step it answers and the classes its reply can have.
Rule 2. A step that no command answers can't be left; a profile that can reach it is refused when a shell is made.
Rule 3. The documentation's diagram is drawn from it, and a test walks every pair of step and command.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from okmate_auth.commands.abandon import Abandon
from okmate_auth.commands.acknowledge import AcknowledgeChange
from okmate_auth.commands.answer import AnswerAction
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
from okmate_auth.commands.users import ChangeEntitlements, CloseUser, RegisterUser
from okmate_auth.decision import Command
from okmate_auth.policies.profile import Profile
from okmate_auth.replies import STEPS, CodeDue, EnrollmentDue, Step

ENTRANCES: Final[tuple[type[Command[Any]], ...]] = (PasswordLogin, PresentCertificate)
LOGIN_STEPS: Final[tuple[type[Command[Any]], ...]] = (
    EnterPassword,
    EnterCode,
    ResyncToken,
    ChangePasswords,
    AcknowledgeChange,
    EnrollToken,
    SkipEnrollment,
    AnswerAction,
    Abandon,
)
IN_SESSION: Final[tuple[type[Command[Any]], ...]] = (
    Confirm,
    StepUp,
    ResyncInSession,
    RecordOperation,
    EndSession,
    Logout,
)
ADMINISTRATION: Final[tuple[type[Command[Any]], ...]] = (
    RegisterCompany,
    RegisterUser,
    ChangeEntitlements,
    RequireChange,
    ResetPasswords,
    Suspend,
    Release,
    CloseUser,
    StockTokens,
    DispatchTokens,
    RegisterCertificate,
    RevokeCertificate,
    RevokeToken,
    ReinitializeToken,
    SuspendToken,
    ReleaseToken,
    RetireToken,
    ResealTokens,
    MarkSent,
)
COMMANDS: Final = (*ENTRANCES, *LOGIN_STEPS, *IN_SESSION, *ADMINISTRATION)

Transitions = Mapping["type[Step] | None", Mapping[type[Command[Any]], tuple[type, ...]]]


def _built() -> Transitions:
    table: dict[type[Step] | None, Mapping[type[Command[Any]], tuple[type, ...]]] = {
        None: MappingProxyType({entrance: entrance.replies for entrance in ENTRANCES})
    }
    for step in STEPS:
        answering = [
            command for command in LOGIN_STEPS if command.answers is not None and issubclass(step, command.answers)
        ]
        table[step] = MappingProxyType({command: command.replies for command in answering})
    return MappingProxyType(table)


TRANSITIONS: Final[Transitions] = _built()
"""Which commands answer which step, and with what; None is the state before the first step."""


def unanswered(profile: Profile) -> tuple[type[Step], ...]:
    """Return the steps a profile can reach and no command answers, other than by abandoning."""
    reachable = (EnrollmentDue, CodeDue) if profile.asks_for_tokens else ()
    return tuple(step for step in reachable if not set(TRANSITIONS[step]) - {Abandon})
