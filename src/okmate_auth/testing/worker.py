"""The other end of :mod:`okmate_auth.testing.processes`: run as ``python -m okmate_auth.testing.worker FD``.

It forks a process for each socket that it is sent; that process opens the store and obeys, one JSON object a line.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import signal
import socket
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NoReturn

from okmate_auth.ports import Store
from okmate_auth.testing.faces import SyncFace, face
from okmate_auth.testing.kit import Subject
from okmate_auth.testing.programs import Job, drive, start
from okmate_auth.testing.teams import PATIENCE_SECONDS, team_on

__all__ = ["main", "resolve", "serve"]


def resolve(module: str, name: str, file: str) -> Subject:
    """Return an instance of a class, found by its module's name or, where that leads elsewhere, by its file."""
    try:
        found = importlib.import_module(module)
    except ImportError:
        found = None
    if found is None or not Path(str(found.__file__)).samefile(file):
        spec = importlib.util.spec_from_file_location(module, file)
        if spec is None or spec.loader is None:
            message = f"can't import {file}"
            raise ImportError(message)
        found = importlib.util.module_from_spec(spec)
        sys.modules[module] = found
        spec.loader.exec_module(found)
    kind: Any = found
    for part in name.split("."):
        kind = getattr(kind, part)
    subject: Subject = kind()
    return subject


def main(descriptor: int) -> None:
    """Fork a process for every socket that comes in, until the line is closed."""
    with socket.socket(fileno=descriptor) as line:
        subject = resolve(**json.loads(_first_line(line)))
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries the dead
        while descriptors := socket.recv_fds(line, 1, 1)[1]:
            if os.fork() == 0:
                line.close()
                _obey(socket.socket(fileno=descriptors[0]), subject)
            os.close(descriptors[0])


def _first_line(line: socket.socket) -> bytes:
    """Read up to a line feed and not a byte further: what follows carries sockets."""
    read = b""
    while not read.endswith(b"\n"):
        read += line.recv(1)
    return read


def _obey(line: socket.socket, subject: Subject) -> NoReturn:
    """Serve until the other side hangs up, then end without what the forking process had planned for its own end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        serve(line, subject)
    finally:
        os._exit(0)


def serve(line: socket.socket, subject: Subject) -> None:
    """Open the store that is named first, then do what is told, line by line; what goes wrong is told back.

    Where the first line says so, fork instead, and tell how that went.
    """
    lock = threading.Lock()

    def say(said: dict[str, Any]) -> None:
        with lock:
            line.sendall(json.dumps(said).encode() + b"\n")

    say({"pid": os.getpid()})
    with line, line.makefile("rb") as commands, suppress(BrokenPipeError):
        first = json.loads(commands.readline())
        directory = Path(first["directory"])
        try:
            if "fork" in first:  # before anything is opened and any thread is started
                say({"status": fork(subject, directory, **first["fork"])})
                return
            store = face(subject.open(directory))
        except Exception as error:  # noqa: BLE001 - told to whoever started this process
            say(_trouble(error))
            return
        say({"opened": True})
        with closing(store), closing(team_on([store])) as team:
            for text in commands:
                command = json.loads(text)
                try:
                    jobs = [Job(*job) for job in command["jobs"]]
                    said: dict[str, Any] = {"results": team.run(jobs, go_at=command["go_at"], say=say)}
                except Exception as error:  # noqa: BLE001 - told to whoever started this process
                    said = _trouble(error)
                say(said)


def _trouble(error: Exception) -> dict[str, Any]:
    return {"error": f"{type(error).__name__}: {error}"}


def fork(subject: Subject, directory: Path, *, name: str, times: int, used: bool) -> int:
    """Open a store, perhaps use it, fork, and raise a counter in both processes.

    Returns:
        The other process's exit status: 0 where it could do its part.
    """
    opened = subject.open(directory)
    if used:
        _raise(face(opened), name, 1)
    pid = os.fork()
    if pid == 0:
        signal.alarm(PATIENCE_SECONDS)
        try:
            _raise(face(opened), name, times)
        except BaseException:  # noqa: BLE001 - whatever it was, it is told by the status
            os._exit(1)
        os._exit(0)
    with closing(face(opened)) as store:
        try:
            drive(store, start(Job("increment", {"name": name, "times": times})))
        finally:
            _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _raise(store: Store, name: str, times: int) -> None:
    """Raise a counter and leave the store open, but nothing of the kit's beside it: no thread survives a fork."""
    drive(store, start(Job("increment", {"name": name, "times": times})))
    if isinstance(store, SyncFace):
        store.leave()


if __name__ == "__main__":
    main(int(sys.argv[1]))
