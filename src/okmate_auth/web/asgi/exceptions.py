"""Why a view is not run: raised by the gate's callables, answered by the handlers that ``Gate.install`` registers.

A view that a dependency guards has no reply to return it in, so these are exceptions; they are no errors of the library
and have no part in its tree.
"""

from __future__ import annotations

from okmate_auth.messages import Language
from okmate_auth.web import texts
from okmate_auth.web.problems import Problem


class Stopped(Exception):  # noqa: N818 - no error: the way a dependency has of not running a view
    """Root of what the gate raises."""


class NeedsLogin(Stopped):
    """There is no live session: the entrance follows.

    Attributes:
        next: Path of this origin to come back to, '' for the top page.
    """

    def __init__(self, *, after: str = "") -> None:
        super().__init__("nobody is logged in")
        self.next = after


class NeedsCode(Stopped):
    """No code of a token was entered lately for a purpose: the page that asks for it follows.

    Attributes:
        purpose: Which.
        next: Path of this origin to come back to, '' for the top page.
    """

    def __init__(self, purpose: str, *, after: str = "") -> None:
        super().__init__("a code is due")
        self.purpose = purpose
        self.next = after


class NeedsConfirmation(Stopped):
    """The confirmation password was not given lately for a purpose: the page that asks for it follows.

    Attributes:
        purpose: Which.
        next: Path of this origin to come back to, '' for the top page.
    """

    def __init__(self, purpose: str, *, after: str = "") -> None:
        super().__init__("the confirmation password is due")
        self.purpose = purpose
        self.next = after


class Closed(Stopped):
    """A service may not be used in this session: 403.

    Attributes:
        service: Which.
        needs_token: Whether it opens when a token is enrolled, at the next login; else it is not his.
    """

    def __init__(self, service: str, *, needs_token: bool) -> None:
        super().__init__("the service is closed")
        self.service = service
        self.needs_token = needs_token

    def message(self, language: Language) -> str:
        """Return what a page may say, in Japanese (``ja``) or English (``en``)."""
        return texts.text(language, "service-needs-token" if self.needs_token else "service-closed")


class Rejected(Stopped):
    """The request is refused as such.

    Attributes:
        problem: Status and code.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem
