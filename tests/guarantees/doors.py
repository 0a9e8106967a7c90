"""Where a code can be entered: a door is told to another process as a few words, and opened there as a command."""

from __future__ import annotations

from typing import Any

from okmate_auth import EnrollToken, EnterCode, Refused, StepUp
from okmate_auth.commands import ResyncInSession, ResyncToken
from okmate_auth.decision import Command
from tests.guarantees.people import anybody

__all__ = ["Door", "at_flow", "command", "in_session", "next_door"]

Door = dict[str, str]


def at_flow(how: str, handle: str, browser: str, serial: str = "") -> Door:
    """Return a door at a login: ``enter``, ``resync`` or ``enroll``."""
    return {"how": how, "handle": handle, "browser": browser, "serial": serial}


def in_session(how: str, session: str, browser: str, purpose: str = "transfer") -> Door:
    """Return a door in a session: ``step-up`` or ``resync-in-session``."""
    return {"how": how, "session": session, "browser": browser, "purpose": purpose}


def command(door: Door, code: str) -> Command[Any]:
    """Return the command that enters a code at a door; a pair is the code twice."""
    client = anybody(door["browser"])
    match door["how"]:
        case "enter":
            return EnterCode(handle=door["handle"], client=client, code=code)
        case "resync":
            return ResyncToken(handle=door["handle"], client=client, first=code, second=code)
        case "enroll":
            return EnrollToken(handle=door["handle"], client=client, serial=door["serial"], code=code)
        case "step-up":
            return StepUp(session=door["session"], client=client, code=code, purpose=door["purpose"])
        case _:
            return ResyncInSession(session=door["session"], client=client, first=code, second=code)


def next_door(door: Door, reply: object) -> Door:
    """Return the door as it is after a reply: a refused step comes again under a fresh handle."""
    if isinstance(reply, Refused) and reply.at is not None:
        return {**door, "handle": reply.at.handle.reveal()}
    return door
