"""What visitors of the demo bank are handed: initial passwords, tokens to look at, certificates to import.

A bank sends such things by post and keeps none of them. The demo keeps them in one file beside its data, for its owner
alone, because its helpers show them.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final, Self, cast

import attrs

from okmate_auth.demo.hard_token import HardToken
from okmate_auth.errors import ConfigurationError
from okmate_auth.secret import Secret

__all__ = ["Handout", "Paper"]

_VERSION: Final = 1


@attrs.frozen(kw_only=True)
class Paper:
    """A certificate to import.

    Attributes:
        name: Stable name: ``good``, ``expired``, ``revoked``, ``unregistered``; its file is ``<name>.p12``.
        login_id: Who stands in it.
        until: Its end.
    """

    name: str
    login_id: str
    until: datetime


@attrs.frozen(kw_only=True)
class Handout:
    """Everything that is handed out.

    Attributes:
        initial: Initial password of each person who has yet to change it, by login ID.
        tokens: Every token of every company.
        papers: The certificates.
        passphrase: Of the certificates' files.
        revoked: When certificates were revoked, by serial number.
    """

    initial: dict[str, Secret] = attrs.field(repr=False)
    tokens: tuple[HardToken, ...]
    papers: tuple[Paper, ...]
    passphrase: Secret
    revoked: dict[int, datetime]

    def token(self, serial: str) -> HardToken:
        """Return a token by the number on its back.

        Raises:
            KeyError: There is none.
        """
        return {token.serial: token for token in self.tokens}[serial]

    def paper(self, name: str) -> Paper | None:
        """Return a certificate by its name, None where there is none."""
        return next((paper for paper in self.papers if paper.name == name), None)

    def to_json(self) -> str:
        """Return it as a text for :meth:`from_json`; it has every secret in it."""
        return json.dumps(
            {
                "version": _VERSION,
                "initial": {login_id: password.reveal() for login_id, password in self.initial.items()},
                "tokens": {token.serial: token.seed.hex() for token in self.tokens},
                "papers": [[one.name, one.login_id, one.until.isoformat()] for one in self.papers],
                "passphrase": self.passphrase.reveal(),
                "revoked": {str(serial): at.isoformat() for serial, at in self.revoked.items()},
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return what :meth:`to_json` wrote.

        Raises:
            ConfigurationError: It is no such text.
        """
        try:
            found = cast("dict[str, Any]", json.loads(text))
            return cls(
                initial={login_id: Secret(password) for login_id, password in found["initial"].items()},
                tokens=tuple(HardToken(serial=key, seed=bytes.fromhex(seed)) for key, seed in found["tokens"].items()),
                papers=tuple(
                    Paper(name=name, login_id=login_id, until=datetime.fromisoformat(until))
                    for name, login_id, until in found["papers"]
                ),
                passphrase=Secret(found["passphrase"]),
                revoked={int(serial): datetime.fromisoformat(at) for serial, at in found["revoked"].items()},
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            message = "the demo bank's handout can't be read; give another folder, or empty this one"
            raise ConfigurationError(message) from None
