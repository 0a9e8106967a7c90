"""What a type checker knows of the public surface; checked by mypy and pyright, never run."""

from __future__ import annotations

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
    Logout,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordLogin,
    Refused,
    Session,
    TopPage,
)
from okmate_auth.commands import (
    ByDesk,
    BySession,
    ChangeEntitlements,
    CloseUser,
    EndSession,
    MarkSent,
    RegisterCompany,
    RegisterUser,
    Release,
    RequireChange,
    ResetPasswords,
    Suspend,
)
from okmate_auth.queries import HistoryPage, ListedSession, ListSessions, PendingNotices, ReadHistory, TopPageView
from okmate_auth.records import Notice
from okmate_auth.replies import (
    Abandoned,
    CompanyRegistered,
    Confirmed,
    Done,
    LoggedOut,
    NoticesMarked,
    PasswordsReset,
    UserRegistered,
)

Login = Authenticated | PasswordChangeDue | EnrollmentDue | CodeDue | ActionDue | Refused | Busy
AfterChange = Authenticated | PasswordChangeDue | EnrollmentDue | ActionDue | Refused | Busy


def every_reply_is_exact(auth: Authenticator, client: Client) -> None:
    """``submit`` gives each command's own replies and nothing wider."""
    assert_type(auth.submit(PasswordLogin("id", "pw", attempt="t", client=client)), Login)
    assert_type(auth.submit(ChangePasswords(handle="h", client=client)), PasswordChangeDone | Refused | Busy)
    assert_type(auth.submit(AcknowledgeChange(handle="h", client=client)), AfterChange)
    assert_type(auth.submit(AnswerAction(handle="h", client=client, name="mail")), AfterChange)
    assert_type(auth.submit(Abandon(handle="h", client=client)), Abandoned | Busy)
    assert_type(
        auth.submit(Confirm(session="s", password="p", purpose="transfer", client=client)), Confirmed | Refused | Busy
    )
    assert_type(auth.submit(Logout("s", client)), LoggedOut | Busy)
    assert_type(auth.submit(EndSession(session="s", client=client, which="x")), Done | Refused | Busy)


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
        ):
            assert_type(auth.submit(command), Done | Refused | Busy)
    assert_type(auth.submit(MarkSent(("n",))), NoticesMarked | Busy)


def every_answer_is_exact(auth: Authenticator, client: Client) -> None:
    """``read`` and ``session`` are typed as well."""
    assert_type(auth.session("s", client), Session | None)
    assert_type(auth.read(TopPage("s", client)), TopPageView | None)
    assert_type(auth.read(ListSessions("s", client)), tuple[ListedSession, ...] | None)
    assert_type(auth.read(PendingNotices()), tuple[Notice, ...])
    assert_type(auth.read(ReadHistory(login_id="i")), HistoryPage)


async def the_other_shell_is_typed_alike(auth: AsyncAuthenticator, client: Client) -> None:
    """The asynchronous shell gives the same types, awaited."""
    assert_type(await auth.submit(PasswordLogin("id", "pw", attempt="t", client=client)), Login)
    assert_type(await auth.session("s", client), Session | None)
    assert_type(await auth.read(TopPage("s", client)), TopPageView | None)


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
