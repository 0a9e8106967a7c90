"""PathRules: strict by default, and never weaker than their floors."""

from __future__ import annotations

from typing import Any

import pytest

from okmate_auth.certificates import PathRules
from okmate_auth.errors import ConfigurationError


def made(**fields: object) -> PathRules:
    """Return rules made of anything."""
    make: Any = PathRules
    rules = make(**fields)
    assert isinstance(rules, PathRules)
    return rules


def test_defaults() -> None:
    """By default clientAuth is demanded, any usage is not enough, and the floors hold."""
    assert PathRules() == PathRules(usage="clientAuth", any_usage=False, smallest_rsa_bits=2048, most_intermediates=8)


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [("smallest_rsa_bits", 2048, 8192), ("most_intermediates", 0, 8)],
)
def test_bounds_are_inclusive(field: str, least: int, most: int) -> None:
    """At each bound a number is taken, one beyond it is refused, and so is what is no number."""
    for good in (least, most):
        assert getattr(made(**{field: good}), field) == good
    for bad in (least - 1, most + 1, True, float(least), str(least), None):
        with pytest.raises(ConfigurationError, match=f"^{field}: "):
            made(**{field: bad})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"usage": "serverAuth"}, "^usage: clientAuth or None"),
        ({"usage": ""}, "^usage: clientAuth or None"),
        ({"any_usage": 1}, "^any_usage: True or False"),
        ({"any_usage": None}, "^any_usage: True or False"),
        ({"any_usage": True, "usage": None}, "^any_usage: says nothing"),
    ],
)
def test_contradictions(fields: dict[str, object], message: str) -> None:
    """A usage that is none, and one that says nothing beside another, are refused by the field's name."""
    with pytest.raises(ConfigurationError, match=message):
        made(**fields)
