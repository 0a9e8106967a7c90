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
from pathlib import Path
from typing import Any, NoReturn

from okmate_auth.testing.faces import SyncFace, face
from okmate_auth.testing.programs import Job, drive, start
from okmate_auth.testing.teams import PATIENCE_SECONDS, team_on

__all__ = ["main", "resolve", "serve"]


def resolve(module: str, name: str, file: str) -> Any:
    """Return an instance of a class, found by its module's name or, where that leads elsewhere, by its file."""
    try:
        found = importlib.import_module(module)
    except ImportError:
        found = None
    if found is None or not os.path.samefile(str(found.__file__), file):
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
    return kind()


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


def _obey(line: socket.socket, subject: Any) -> NoReturn:
    """Serve until the other side hangs up, then end without running what the forking process had planned for its end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        serve(line, subject)
    finally:
        os._exit(0)


def serve(line: socket.socket, subject: Any) -> None:
    """Do what is told, line by line; what goes wrong is told back."""
    lock = threading.Lock()

    def say(said: dict[str, Any]) -> None:
        with lock:
            line.sendall(json.dumps(said).encode() + b"\n")

    say({"pid": os.getpid()})
    store: Any = None
    team: Any = None
    with line, line.makefile("rb") as commands:
        for text in commands:
            command = json.loads(text)
            try:
                if "open" in command:
                    directory = Path(command["open"])
                    store = face(subject.opened(directory))
                    team = team_on([store])
                    say({"opened": True})
                elif "fork" in command:
                    say({"status": fork(subject, directory, **command["fork"])})
                else:
                    jobs = [Job(*job) for job in command["jobs"]]
                    say({"results": team.run(jobs, go_at=command["go_at"], say=say)})
            except BrokenPipeError:
                break
            except Exception as error:  # noqa: BLE001 - told to whoever started this process
                say({"error": f"{type(error).__name__}: {error}"})
        if store is not None:
            team.close()
            store.close()


def fork(subject: Any, directory: Path, *, name: str, times: int, used: bool) -> int:
    """Open a store, perhaps use it, fork, and raise a counter in both processes.

    Returns:
        The other process's exit status: 0 where it could do its part.
    """
    opened = subject.opened(directory)
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
    store = face(opened)
    drive(store, start(Job("increment", {"name": name, "times": times})))
    _, status = os.waitpid(pid, 0)
    store.close()
    return os.waitstatus_to_exitcode(status)


def _raise(store: Any, name: str, times: int) -> None:
    """Raise a counter and leave the store open, but nothing of the kit's beside it: no thread survives a fork."""
    drive(store, start(Job("increment", {"name": name, "times": times})))
    if isinstance(store, SyncFace):
        store.leave()


if __name__ == "__main__":
    main(int(sys.argv[1]))
