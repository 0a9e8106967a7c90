"""A token's seed: what it belongs to, sealing it and opening it.

It is in the clear only while a command is decided. It opens for the very token it was sealed for, and for the codes
which that token makes, whatever somebody wrote into the store since (A18, A97).
"""

from __future__ import annotations

import attrs

from okmate_auth.decision import Context
from okmate_auth.keys import NONCE_BYTES
from okmate_auth.records import HardToken
from okmate_auth.tokens import Parameters


def parameters_of(token: HardToken) -> Parameters:
    """Return what is public about a token's codes."""
    return Parameters(
        kind=token.type, digits=token.digits, period_seconds=token.period_seconds, algorithm=token.algorithm
    )


def sealed(context: Context, token: HardToken, seed: bytes) -> HardToken:
    """Return a token with its seed, sealed now with the current key."""
    nonce = context.random(f"seed/{token.serial}", NONCE_BYTES)
    return attrs.evolve(
        token,
        seed=context.keys.seal_seed(nonce, seed, *_belongs_to(token)),
        seed_key=context.keys.current_seed,
        sealed_at=context.now,
    )


def opened_seed(context: Context, token: HardToken) -> bytes | None:
    """Return a token's seed; None where its key is not held, or it was changed or moved.

    What the record says of the token's codes is believed only once the seed vouches for it.
    """
    return context.keys.open_seed(token.seed_key, token.seed, *_belongs_to(token))


def _belongs_to(token: HardToken) -> tuple[str, ...]:
    """Return what a sealed seed belongs to: it does not open for another token, or for other codes (A18, A97)."""
    return (token.bank, token.serial, token.type, token.algorithm, str(token.digits), str(token.period_seconds))
