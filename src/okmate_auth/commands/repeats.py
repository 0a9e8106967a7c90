"""Repeats: the very same thing, submitted twice, has one effect and one reply.

A double click, a retry after a lost answer, a reload: none may count a guess twice or lose the next step's handle. So
a commit that spends a handle (or a page's attempt token) keeps its reply for a minute, sealed under a key made of the
handle key, the spent handle, the browser and everything the command says. Whoever has the database and the handle key
still lacks the rest; whoever has a spent handle (from a log) lacks the browser and the command, and gets one try.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast

import attrs

from okmate_auth.client import Client
from okmate_auth.codec import Codec
from okmate_auth.errors import CorruptRecordError
from okmate_auth.keys import NONCE_BYTES, Keys, open_sealed, seal
from okmate_auth.policies.sessions import SLACK
from okmate_auth.records import Repeat
from okmate_auth.replies import STEPS, Authenticated, Refused
from okmate_auth.secret import Secret

if TYPE_CHECKING:
    from okmate_auth.decision import Command, Draft

REPLIES: Final = Codec((*STEPS, Authenticated, Refused), reveals_secrets=True)


@attrs.frozen(kw_only=True)
class Submission:
    """One submit of a command under a handle or attempt token.

    Attributes:
        command: What is submitted.
        spent: The handle or token.
        client: Who submits it.
        stored: The hash of :attr:`spent` in its domain.
    """

    command: Command[Any]
    spent: Secret
    client: Client
    stored: str

    def key(self, draft: Draft) -> bytes:
        """Return the key that seals, and opens, the reply to exactly this submission (32 bytes).

        The same certificate belongs to it, where TLS proved one: a kept reply needs its proof again.
        """
        context = draft.context
        return context.once(_key, context.keys, self.command, self.spent, self.client)

    def fingerprint(self, draft: Draft) -> str:
        """Return an id that only exactly this submission has; nothing can be learnt from it without its key."""
        return hashlib.sha256(b"place" + self.key(draft)).hexdigest()[:32]


def canonical(command: Command[Any]) -> bytes:
    """Return bytes that are equal exactly for commands that say the same; who calls is not part of it."""
    return json.dumps(_plain(command), sort_keys=True, separators=(",", ":")).encode("ascii")


def keep(draft: Draft, submission: Submission, reply: object) -> None:
    """Put the reply where the same submission finds it for a minute."""
    context = draft.context
    sealed = seal(
        submission.key(draft),
        context.random("repeat/nonce", NONCE_BYTES),
        json.dumps(REPLIES.encode_variant(reply)).encode("ascii"),
        submission.stored.encode("ascii"),
    )
    until = context.now + context.profile.flow.repeat_lasts
    draft.put(Repeat(id=submission.stored, sealed=sealed, until=until))


def kept(draft: Draft, submission: Submission) -> object | None:
    """Return the reply that was kept for this very submission, None where there is none that it opens."""
    repeat = draft.get(Repeat.at(submission.stored))
    lasts = draft.context.profile.flow.repeat_lasts
    if repeat is None or not timedelta(0) < repeat.until - draft.context.now <= lasts + SLACK:
        return None
    plain = open_sealed(submission.key(draft), repeat.sealed, submission.stored.encode("ascii"))
    if plain is None:
        return None
    try:
        return REPLIES.decode_variant(json.loads(plain))
    except (ValueError, CorruptRecordError):
        return None  # sealed by a library version whose replies have another form: as if it was not kept


def _key(keys: Keys, command: Command[Any], spent: Secret, client: Client) -> bytes:
    chain = client.chain
    said = canonical(command) + (b"" if chain is None else chain.fingerprint.encode("ascii"))
    return keys.seal_key(spent, client.browser, said)


def _plain(value: object) -> object:
    if isinstance(value, Secret):
        return ["secret", value.encoded().hex()]
    if isinstance(value, Client):
        return None
    if attrs.has(type(value)):
        fields = attrs.fields(cast("type[attrs.AttrsInstance]", type(value)))
        return [type(value).__name__, {field.name: _plain(getattr(value, field.name)) for field in fields}]
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in cast("Mapping[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in cast("Sequence[object]", value)]
    return value
