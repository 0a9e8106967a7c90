"""The house: what the packaging promises, checked where a promise could rot unseen."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONSTRAINTS = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
HASHED = (ROOT / ".ci" / "requirements.txt").read_text("utf-8").replace("\\\n", " ").splitlines()
PIN = re.compile(
    r"([a-z0-9-]+)==([0-9][0-9a-z.]*)(?: ; [A-Za-z0-9_.'!=<> ]+)?"
)  # a marker may say where it is not needed


def plain(requirement: str) -> str:
    """Return the normalised name of the package that a requirement names (PEP 503)."""
    name = re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lines: list[str]) -> dict[str, str]:
    """Return package and version of each line, refusing a line that is not an exact pin."""
    found = [PIN.match(line) for line in lines]
    assert all(found), [line for line, match in zip(lines, found, strict=True) if not match]
    return {match[1]: match[2] for match in found if match}


def test_the_core_needs_four_packages_and_no_other() -> None:
    """A bank that installs the core gets cryptography, argon2-cffi, attrs and pyotp."""
    assert {plain(each) for each in PROJECT["project"]["dependencies"]} == {
        "argon2-cffi",
        "attrs",
        "cryptography",
        "pyotp",
    }


def test_every_dependency_is_pinned() -> None:
    """Each package that pyproject names has its exact version in constraints.txt."""
    wanted = {plain(each) for each in PROJECT["project"]["dependencies"] + PROJECT["build-system"]["requires"]}
    for extra in PROJECT["project"]["optional-dependencies"].values():
        wanted |= {plain(each) for each in extra}
    assert wanted - {"okmate-auth"} <= set(pins(CONSTRAINTS))


def test_constraints_are_exact_and_nothing_else() -> None:
    """Every line of constraints.txt is one exact pin: no range, no option, no address of a registry."""
    assert all(PIN.fullmatch(line) for line in CONSTRAINTS)


def test_ci_installs_the_same_versions_by_hash() -> None:
    """CI's tools are the pinned ones, each with a hash, from wherever the machine's own registry is."""
    assert pins(HASHED) == pins(CONSTRAINTS)
    assert all(re.search(r" --hash=sha256:[0-9a-f]{64}( |$)", line) for line in HASHED)
    assert not any("://" in line or "--index" in line for line in HASHED)


def test_every_lint_rule_that_is_off_has_its_reason_beside_it() -> None:
    """In pyproject, a rule of ruff in a list of ignored ones stands alone on its line with a comment behind it."""
    source = (ROOT / "pyproject.toml").read_text("utf-8")
    lint = PROJECT["tool"]["ruff"]["lint"]
    assert lint["select"] == ["ALL"]
    for rule in {*lint["ignore"], *(rule for rules in lint["per-file-ignores"].values() for rule in rules)}:
        lines = [line for line in source.splitlines() if f'"{rule}"' in line]
        assert lines
        assert all(re.search(r"# .{5,}", line) for line in lines), rule


@pytest.mark.parametrize("rule", ["S101", "DTZ", "DTZ005", "TID251"])
def test_the_rules_that_guard_data_are_on_in_the_source(rule: str) -> None:
    """Asserts, naive datetimes and banned names stay refused in what a bank runs; the kit may assert."""
    lint = PROJECT["tool"]["ruff"]["lint"]
    assert rule not in lint["ignore"]
    for pattern, rules in lint["per-file-ignores"].items():
        assert rule not in rules or not pattern.startswith("src/") or pattern == "src/okmate_auth/testing/**"


def test_the_banned_names_are_those_that_leak_or_read_a_clock() -> None:
    """The validators of attrs put the refused value into their message; the other names read the machine's clock."""
    assert set(PROJECT["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]) == {
        "attrs.validators",
        "attr.validators",
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "time.time",
    }


def test_the_first_two_commands_of_the_readme_set_everything_up() -> None:
    """The README's first two shell blocks are one line each, from an empty folder to the demo and to the tests."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    first, second = blocks[:2]
    for block in (first, second):
        assert block.count("\n") == 1
        assert block.startswith("python3 -m venv .venv && .venv/bin/pip install ")
        assert " -c constraints.txt " in block
    assert first.endswith("&& .venv/bin/okmate-auth demo\n")
    assert re.search(r"&& \.venv/bin/pytest( -n \w+)?\n$", second)
