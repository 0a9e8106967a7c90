"""What pages are sent with: nothing kept, framed, run or told elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from okmate_auth.errors import ConfigurationError
from okmate_auth.web.headers import HSTS_SECONDS, LOGOUT_HEADERS, page_headers, static_headers


def policy(value: str) -> dict[str, str]:
    """Return a Content-Security-Policy by directive; one that stands twice is an error."""
    parts = [part.strip().partition(" ") for part in value.split(";")]
    found = {name: sources for name, _, sources in parts}
    assert len(found) == len(parts)
    return found


def test_a_page_is_kept_to_itself() -> None:
    """Every field is there once, with the value that keeps most."""
    fields = page_headers()
    found = dict(fields)
    assert len(found) == len(fields)
    assert found.pop("Content-Security-Policy")
    assert found == {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",  # with no-referrer a form's POST would say "Origin: null"
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Strict-Transport-Security": "max-age=31536000",
    }


def test_a_page_s_policy_allows_nothing_but_its_looks_and_its_forms() -> None:
    """No script runs, no other site frames it, a form goes to this origin and no base leads it elsewhere."""
    assert policy(dict(page_headers())["Content-Security-Policy"]) == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }


def test_a_page_with_a_script_says_so() -> None:
    """It may run what this origin serves, and ask it: nothing inline, nothing from elsewhere."""
    plain, script = (policy(dict(page_headers(script=yes))["Content-Security-Policy"]) for yes in (False, True))
    assert script == plain | {"script-src": "'self'", "connect-src": "'self'"}


def test_a_file_is_kept_and_runs_nothing() -> None:
    """The same for everybody, it may be cached; opened as a page it does nothing."""
    found = dict(static_headers(kept_seconds=60))
    assert found["Cache-Control"] == "public, max-age=60"
    assert policy(found["Content-Security-Policy"])["default-src"] == "'none'"
    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Strict-Transport-Security"] == f"max-age={HSTS_SECONDS}"


def test_hsts_can_be_left_out() -> None:
    """It counts for every port of a host, so a trial on localhost leaves it out."""
    for fields in (page_headers(hsts_seconds=0), static_headers(hsts_seconds=0)):
        assert "Strict-Transport-Security" not in dict(fields)
    assert dict(page_headers(hsts_seconds=1))["Strict-Transport-Security"] == "max-age=1"


@pytest.mark.parametrize("wrong", [-1, 1.5, "1", True, None])
def test_seconds_are_a_whole_number(wrong: Any) -> None:  # noqa: ANN401 - anything may be passed by mistake
    """A value that would make another field of it is refused when it is configured."""
    with pytest.raises(ConfigurationError):
        page_headers(hsts_seconds=wrong)
    with pytest.raises(ConfigurationError):
        static_headers(kept_seconds=wrong)


def test_a_logout_clears_the_cache_and_not_the_cookies() -> None:
    """The browser's own cookie stays: its owner's browser stays known."""
    assert LOGOUT_HEADERS == (("Clear-Site-Data", '"cache"'),)
