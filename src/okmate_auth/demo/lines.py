"""Tells a story to a program: one JSON object a line, ASCII whatever the terminal's encoding is.

Every line has ``user`` (who acts: a login ID, ``desk`` or ``stranger``), ``command`` (its class), ``reply`` (its class)
and ``ms`` (from submit to reply), and, where it makes sense:

======================  ===============================================================================================
``scene``, ``place``    of the story
``at``                  when, ISO 8601, by the story's clock
``code``, ``until``,    of a refusal; ``step`` is the step that is due again
``violations``,
``step``
``message``             of a refusal, what the page says
``factors``             of a login that reached its end, what it proved
``top_page``            where the reply leads there: ``menu`` (what can be used), ``closed`` (without a token),
                        ``logins``, ``failures`` (since each of them), ``operations``, ``reminders``, and by their ids
                        ``transactions`` that wait and ``notices`` that are unread
``token``               of what the desk was told about one: ``registration`` and ``code``, each a reason
``committed``           for each commit ``put`` and ``deleted`` (kinds of records) and ``appended`` (rows of histories)
``verified``            with an act's last line: names of what was said about it, and whether it is so
``wrong``               what is not as the story says; the demo then ends
======================  ===============================================================================================

What was read has the query's class as its ``command``. No line holds a password, a code, a seed, a handle or a cookie.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import attrs

from okmate_auth.boards import BoardNotice, Listed, Transaction
from okmate_auth.demo.player import Clicked, Told, ToldLook
from okmate_auth.demo.story import Scene, Wait
from okmate_auth.demo.wording import Language
from okmate_auth.queries import TokenReport
from okmate_auth.replies import Authenticated, Refused

__all__ = ["Lines"]


class Lines:
    """Satisfies :class:`~okmate_auth.demo.player.Teller` with JSON.

    Args:
        write: Takes a line without its end.
        language: Of messages.
    """

    def __init__(self, write: Callable[[str], None], language: Language) -> None:
        self._write: Final = write
        self._language: Final[Language] = language

    def scene(self, number: int, scene: Scene, now: datetime) -> None:
        """A scene is named in its acts' lines."""

    def wait(self, wait: Wait, now: datetime) -> None:
        """Time that passes is seen in the acts' ``at``."""

    def act(self, scene: Scene, told: Told) -> None:
        """Write a line for each submit."""
        for number, clicked in enumerate(told.clicks, start=1):
            fields: dict[str, Any] = {
                "user": told.act.who.user,
                "command": clicked.command,
                "reply": type(clicked.reply).__name__,
                "ms": round(clicked.milliseconds, 1),
                "scene": scene.name,
                "place": told.act.who.place,
                "at": clicked.at.isoformat(),
                **self._refusal(clicked.reply),
                **_login(clicked),
                "committed": [attrs.asdict(one) for one in clicked.committed],
            }
            if number == len(told.clicks):
                fields |= _verdict(told)
            self._line(fields)

    def look(self, scene: Scene, told: ToldLook) -> None:
        """Write a line for what was read."""
        self._line(
            {
                "user": told.look.who.user,
                "command": told.query,
                "reply": type(told.answer).__name__,
                "ms": round(told.milliseconds, 1),
                "scene": scene.name,
                "place": told.look.who.place,
                "at": told.at.isoformat(),
                **_token(told.answer),
                **_verdict(told),
            }
        )

    def _refusal(self, reply: object) -> dict[str, Any]:
        if not isinstance(reply, Refused):
            return {}
        fields: dict[str, Any] = {"code": reply.code, "message": reply.message(self._language)}
        if reply.until is not None:
            fields["until"] = reply.until.isoformat()
        if reply.violations:
            fields["violations"] = [{"code": one.code, "field": one.field} for one in reply.violations]
        if reply.at is not None:
            fields["step"] = type(reply.at).__name__
        return fields

    def _line(self, fields: dict[str, Any]) -> None:
        self._write(json.dumps(fields))


def _login(clicked: Clicked) -> dict[str, Any]:
    reply, view = clicked.reply, clicked.page
    if not isinstance(reply, Authenticated) or view is None:
        return {}
    return {
        "factors": list(reply.factors),
        "top_page": {
            "menu": [item.name for item in view.menu if not item.unusable],
            "closed": [item.name for item in view.menu if item.unusable],
            "logins": [login.at.isoformat() for login in view.logins],
            "failures": [login.failures_since for login in view.logins],
            "operations": [operation.operation for operation in view.operations],
            "reminders": [reminder.code for reminder in view.reminders],
            "transactions": _ids(view.transactions),
            "notices": _ids(view.notices),
        },
    }


def _ids(listed: Listed[Transaction] | Listed[BoardNotice] | None) -> list[str]:
    return [] if listed is None else [one.id for one in listed.items]


def _token(answer: object) -> dict[str, Any]:
    if not isinstance(answer, TokenReport):
        return {}
    return {"token": {"registration": answer.registration.reason, "code": answer.code.reason}}


def _verdict(told: Told | ToldLook) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if told.claims:
        fields["verified"] = dict(told.claims)
    if told.wrong:
        fields["wrong"] = told.wrong
    return fields
