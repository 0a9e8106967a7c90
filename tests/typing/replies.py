"""What a type checker knows of the public surface; checked by mypy and pyright, never run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import assert_never, assert_type

from okmate_auth import (
    Abandon,
    AcknowledgeChange,
    ActionDue,
    AnswerAction,
    AsyncAuthenticator,
    Authenticated,
    Authenticator,
    Busy,
    ChangePasswords,
    Client,
    CodeDue,
    Confirm,
    EnrollmentDue,
    EnrollToken,
    EnterCode,
    Logout,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordLogin,
    Refused,
    Session,
    SkipEnrollment,
    StepUp,
    TopPage,
)
from okmate_auth.boards import BoardNotice
from okmate_auth.commands import (
    ByDesk,
    BySession,
    ChangeEntitlements,
    CloseUser,
    DispatchTokens,
    EndSession,
    MarkSent,
    RecordOperation,
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
    RevokeToken,
    StockTokens,
    Suspend,
    SuspendToken,
)
from okmate_auth.queries import (
    ExplainToken,
    HistoryPage,
    ListedSession,
    ListSessions,
    PendingNotices,
    ReadHistory,
    SealedSeed,
    SealedTokens,
    TokenReport,
    TopPageView,
)
from okmate_auth.records import Notice
from okmate_auth.replies import (
    Abandoned,
    CompanyRegistered,
    Confirmed,
    Done,
    LoggedOut,
    NoticesMarked,
    PasswordsReset,
    Resynchronized,
    SeedsResealed,
    SteppedUp,
    TokenChanged,
    TokensDispatched,
    TokensStocked,
    UserRegistered,
)

Login = Authenticated | PasswordChangeDue | EnrollmentDue | CodeDue | ActionDue | Refused | Busy
AfterResult = Authenticated | PasswordChangeDue | EnrollmentDue | CodeDue | ActionDue | Refused | Busy
AfterAction = Authenticated | PasswordChangeDue | EnrollmentDue | ActionDue | Refused | Busy
AfterFactor = Authenticated | PasswordChangeDue | ActionDue | Refused | Busy


def every_reply_is_exact(auth: Authenticator, client: Client) -> None:
    """``submit`` gives each command's own replies and nothing wider."""
    assert_type(auth.submit(PasswordLogin("id", "pw", attempt="t", client=client)), Login)
    assert_type(auth.submit(ChangePasswords(handle="h", client=client)), PasswordChangeDone | Refused | Busy)
    assert_type(auth.submit(AcknowledgeChange(handle="h", client=client)), AfterResult)
    assert_type(auth.submit(AnswerAction(handle="h", client=client, name="mail")), AfterAction)
    assert_type(auth.submit(Abandon(handle="h", client=client)), Abandoned | Busy)
    assert_type(
        auth.submit(Confirm(session="s", password="p", purpose="transfer", client=client)), Confirmed | Refused | Busy
    )
    assert_type(auth.submit(Logout("s", client)), LoggedOut | Busy)
    assert_type(auth.submit(EndSession(session="s", client=client, which="x")), Done | Refused | Busy)
    assert_type(
        auth.submit(RecordOperation(session="s", client=client, id="TR-1", name="transfer")), Done | Refused | Busy
    )


def every_reply_about_tokens_is_exact(auth: Authenticator, client: Client) -> None:
    """The same for codes: at login, at enrollment and in a session."""
    assert_type(auth.submit(EnterCode(handle="h", client=client, code="123456")), AfterFactor)
    assert_type(
        auth.submit(ResyncToken(handle="h", client=client, first="123456", second="234567")), CodeDue | Refused | Busy
    )
    assert_type(auth.submit(EnrollToken(handle="h", client=client, serial="TK-1", code="123456")), AfterFactor)
    assert_type(auth.submit(SkipEnrollment(handle="h", client=client)), AfterFactor)
    assert_type(
        auth.submit(StepUp(session="s", client=client, code="123456", purpose="transfer")), SteppedUp | Refused | Busy
    )
    assert_type(
        auth.submit(ResyncInSession(session="s", client=client, first="123456", second="234567")),
        Resynchronized | Refused | Busy,
    )


def every_administrative_reply_is_exact(auth: Authenticator, client: Client) -> None:
    """The same for what administrators and the desk do, with either authority."""
    desk = ByDesk(operator="op", ticket="t")
    administrator = BySession(session="s", confirmation_password="p", client=client)
    assert_type(auth.submit(RegisterCompany(company="c", name="n", authority=desk)), CompanyRegistered | Refused | Busy)
    assert_type(auth.submit(RegisterUser(login_id="i", company="c", authority=desk)), UserRegistered | Refused | Busy)
    for authority in (desk, administrator):
        assert_type(auth.submit(ResetPasswords(login_id="i", authority=authority)), PasswordsReset | Refused | Busy)
        for command in (
            RequireChange(login_id="i", authority=authority),
            ChangeEntitlements(login_id="i", authority=authority, add=("a",)),
            Suspend(login_id="i", authority=authority),
            Release(login_id="i", authority=authority),
            CloseUser(login_id="i", authority=authority),
            RevokeToken(login_id="i", authority=authority),
            ReinitializeToken(login_id="i", authority=authority),
            SuspendToken(login_id="i", authority=authority),
            ReleaseToken(login_id="i", authority=authority, serial="TK-1"),
        ):
            assert_type(auth.submit(command), Done | Refused | Busy)
    assert_type(auth.submit(MarkSent(("n",))), NoticesMarked | Busy)


def every_reply_about_the_stock_is_exact(auth: Authenticator) -> None:
    """The same for what the desk alone does with tokens."""
    desk, serials = ByDesk(operator="op", ticket="t"), ("TK-1",)
    assert_type(auth.submit(StockTokens(file="…", authority=desk)), TokensStocked | Refused | Busy)
    assert_type(
        auth.submit(DispatchTokens(company="c", serials=serials, authority=desk)), TokensDispatched | Refused | Busy
    )
    assert_type(auth.submit(RetireToken(serial="TK-1", authority=desk)), TokenChanged | Refused | Busy)
    assert_type(auth.submit(ResealTokens(serials=serials, authority=desk)), SeedsResealed | Refused | Busy)


def every_answer_is_exact(auth: Authenticator, client: Client) -> None:
    """``read`` and ``session`` are typed as well."""
    assert_type(auth.session("s", client), Session | None)
    assert_type(auth.read(TopPage("s", client)), TopPageView | None)
    assert_type(auth.top_page("s", client), TopPageView | None)
    assert_type(auth.open_notice("s", client, "N-1"), BoardNotice | None)
    assert_type(auth.read(ListSessions("s", client)), tuple[ListedSession, ...] | None)
    assert_type(auth.read(PendingNotices()), tuple[Notice, ...])
    assert_type(auth.read(ReadHistory(login_id="i")), HistoryPage)
    assert_type(auth.read(ExplainToken(login_id="i")), TokenReport | None)
    assert_type(auth.read(SealedTokens(until=datetime.max.replace(tzinfo=UTC))), tuple[SealedSeed, ...])


async def the_other_shell_is_typed_alike(auth: AsyncAuthenticator, client: Client) -> None:
    """The asynchronous shell gives the same types, awaited."""
    assert_type(await auth.submit(PasswordLogin("id", "pw", attempt="t", client=client)), Login)
    assert_type(await auth.submit(EnterCode(handle="h", client=client, code="123456")), AfterFactor)
    assert_type(await auth.session("s", client), Session | None)
    assert_type(await auth.read(TopPage("s", client)), TopPageView | None)
    assert_type(await auth.top_page("s", client), TopPageView | None)
    assert_type(await auth.open_notice("s", client, "N-1"), BoardNotice | None)


def a_view_that_forgets_a_reply_is_told(auth: Authenticator, client: Client) -> str:
    """A ``match`` over the replies is exhaustive: without one of its cases, ``assert_never`` is an error."""
    reply = auth.submit(PasswordLogin("id", "pw", attempt="t", client=client))
    match reply:
        case Authenticated(session=handle):
            return handle.reveal()
        case PasswordChangeDue() | EnrollmentDue() | CodeDue() | ActionDue() as step:
            return step.handle.reveal()
        case Refused() | Busy() as answer:
            return answer.message("ja")
        case _:
            assert_never(reply)
