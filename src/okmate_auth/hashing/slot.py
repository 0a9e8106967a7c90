"""A slot: the right to hash, one thing after another."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import ParamSpec, Self, TypeVar, final

from okmate_auth.errors import MisuseError
from okmate_auth.hashing.desk import Desk

P = ParamSpec("P")
T = TypeVar("T")


@final
class Slot:
    """The right to hash in a thread of the pool, until it is released; a context manager of both kinds."""

    __slots__ = ("_busy", "_desk", "_released", "_since")

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._busy = False
        self._released = False
        self._since = desk.monotonic()

    def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in a thread of the pool and return, or raise, what it does.

        Raises:
            MisuseError: The slot was released, still runs something else, or belongs to another process.
            InfrastructureError: No thread could be started.
        """
        return self._start(partial(function, *args, **kwargs)).result()

    async def run_async(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the same without holding up the event loop; cancelling neither stops the thread nor frees the slot."""
        return await asyncio.wrap_future(self._start(partial(function, *args, **kwargs)))

    def release(self) -> None:
        """Give the slot back, at once or when its thread is done; calling it twice is no error."""
        desk = self._desk
        if desk.pid != os.getpid():
            return  # the parent's slot, and its lock may stay locked here for ever
        with desk.lock:
            if self._released:
                return
            self._released = True
            if not self._busy:
                desk.give_back(desk.monotonic() - self._since)

    def _start(self, call: Callable[[], T]) -> Future[T]:
        desk = self._desk
        if desk.pid != os.getpid():
            message = "a hashing slot works in the process that acquired it"
            raise MisuseError(message)
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()  # from here on nobody can cancel it: the thread's word is the last
        with desk.lock:
            if self._released or self._busy:
                message = "a hashing slot does one thing after another, and nothing once it is released"
                raise MisuseError(message)
            desk.start(partial(self._work, call, future))
            self._busy = True
        return future

    def _work(self, call: Callable[[], T], future: Future[T]) -> None:
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 - the caller gets it, whatever it is
            self._finish()  # before the answer: whoever has it may go on at once
            future.set_exception(error)
        else:
            self._finish()
            future.set_result(result)
        finally:
            del call, future  # a traceback keeps this frame, and with it what was hashed

    def _finish(self) -> None:
        desk = self._desk
        with desk.lock:
            self._busy = False
            desk.finish()
            if self._released:
                desk.give_back(desk.monotonic() - self._since)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.release()
