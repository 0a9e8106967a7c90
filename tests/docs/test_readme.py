"""What the README promises about its own code."""

from __future__ import annotations

import re
from typing import Final

from tests.docs.documents import ROOT

BLOCKS: Final = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_a_first_login_fits_in_30_lines() -> None:
    """Keys, a company, a person and his whole first login are 30 lines at most, imports and all."""
    first = BLOCKS[0]
    assert first.count("\n") <= 30
    assert all(
        word in first for word in ("RegisterUser", "PasswordLogin", "ChangePasswords", "AcknowledgeChange", "TopPage")
    )


def test_the_first_login_passes_strict_type_checkers() -> None:
    """The README's first block stands among the programs that mypy and pyright check in strict mode."""
    checked = (ROOT / "tests" / "typing" / "first_login.py").read_text("utf-8")
    assert checked.endswith(BLOCKS[0])
