"""What is imported: the rules need no framework, installed or not."""

from __future__ import annotations

from tests.children import BARE, run

PROGRAM = """
import sys

hidden = {"anyio", "fastapi", "jinja2", "starlette", "uvicorn"}


class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(name)


sys.meta_path.insert(0, Missing())
import okmate_auth
import okmate_auth.web
import okmate_auth.web.rules

okmate_auth.web.WebRules(origins=["https://bank.example"])
print(sorted(hidden & {name.partition(".")[0] for name in sys.modules}))
try:
    import okmate_auth.web.asgi
except ModuleNotFoundError as error:
    print(error)
"""


def test_the_rules_are_there_where_no_framework_is() -> None:
    """With none installed the rules can be imported and used; the adapter alone says what it misses."""
    assert run(PROGRAM, env=BARE).splitlines() == ["[]", "starlette"]
