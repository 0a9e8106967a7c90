"""Other libraries, each in a virtual environment of its own, worked by a process of that environment.

Rule 1. A worker imports nothing of ours but :mod:`benchmarks.peers.serving`, which is Python alone.
Rule 2. It does one thing: ``go n`` on standard input, then the seconds that took on standard output.
Rule 3. It measures its own work, so that pipes and scheduling between the processes are in nobody's figure.
"""
