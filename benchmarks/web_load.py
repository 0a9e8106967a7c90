"""A process of its own that makes people log in: six at once, each on a connection of his own, at lower priority.

One operation is one login. Whoever is done takes the next one, so that six are under way until the last.
"""

from __future__ import annotations

import itertools
import os
import sys
import threading
import time
from pathlib import Path
from typing import Final

from benchmarks.peers.serving import serve
from benchmarks.web_client import PEOPLE, Line, log_in

NICE: Final = 15  # hashing threads have 10: whatever the server does goes first


def main(port: str, certificate: str) -> None:
    """Serve."""
    os.nice(NICE)
    lines = {login_id: Line(int(port), Path(certificate)) for login_id in PEOPLE}

    def go(operations: int) -> float:
        left, failed = itertools.islice(itertools.count(), operations), []

        def keep_on(login_id: str) -> None:
            try:
                for _ in left:
                    log_in(lines[login_id], login_id)
            except Exception as error:  # noqa: BLE001 - told by the thread that waits
                failed.append(error)

        threads = [threading.Thread(target=keep_on, args=(login_id,)) for login_id in PEOPLE]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - began
        if failed:
            raise failed[0]
        return seconds

    serve(go)


if __name__ == "__main__":
    main(*sys.argv[1:])
