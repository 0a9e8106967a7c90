"""A token's seed: what it belongs to, and opening it.

It is in the clear only while a command is decided. It opens for the very token it was sealed for, and for the codes
which that token makes, whatever somebody wrote into the store since (A18, A97).
"""

from __future__ import annotations

from okmate_auth.decision import Context
from okmate_auth.records import HardToken
from okmate_auth.tokens import Parameters


def parameters_of(token: HardToken) -> Parameters:
    """Return what is public about a token's codes."""
    return Parameters(
        kind=token.type, digits=token.digits, period_seconds=token.period_seconds, algorithm=token.algorithm
    )


def belongs_to(bank: str, serial: str, parameters: Parameters) -> tuple[str, ...]:
    """Return what a sealed seed belongs to: it does not open for another token, or for other codes (A18, A97)."""
    numbers = (str(parameters.digits), str(parameters.period_seconds))
    return (bank, serial, parameters.kind, parameters.algorithm, *numbers)


def opened_seed(context: Context, token: HardToken) -> bytes | None:
    """Return a token's seed; None where its key is not held, or it was changed or moved.

    What the record says of the token's codes is believed only once the seed vouches for it: see :func:`belongs_to`.
    """
    facts = (token.bank, token.serial, token.type, token.algorithm, str(token.digits), str(token.period_seconds))
    return context.keys.open_seed(token.seed_key, token.seed, *facts)
