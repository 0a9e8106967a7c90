"""What stands between a browser and the commands, as rules without a framework: pure functions of what was sent.

A :class:`WebRules` is what a listener is configured with. An adapter makes a :class:`WebRequest` of a request, asks
the rules, and answers as they say; :mod:`okmate_auth.web.asgi` is the one for Starlette and FastAPI. No clock, no
randomness, no framework is used here: tokens are made by whoever is passed in as ``mint``.
"""

from __future__ import annotations

from okmate_auth.web.answers import (
    Answer,
    BusyPage,
    EntrancePage,
    FormPage,
    LoginAnswer,
    Redirect,
    SessionAnswer,
    SessionReply,
    StepPage,
)
from okmate_auth.web.callers import Callers, Visitor
from okmate_auth.web.cookies import CookieNames, cookie_value
from okmate_auth.web.forms import Form
from okmate_auth.web.problems import Problem
from okmate_auth.web.request import WebRequest
from okmate_auth.web.rules import WebRules
from okmate_auth.web.steps import STEP_FIELDS, LoginReply, command_for, token_purpose
from okmate_auth.web.targets import local_target

__all__ = [
    "STEP_FIELDS",
    "Answer",
    "BusyPage",
    "Callers",
    "CookieNames",
    "EntrancePage",
    "Form",
    "FormPage",
    "LoginAnswer",
    "LoginReply",
    "Problem",
    "Redirect",
    "SessionAnswer",
    "SessionReply",
    "StepPage",
    "Visitor",
    "WebRequest",
    "WebRules",
    "command_for",
    "cookie_value",
    "local_target",
    "token_purpose",
]
