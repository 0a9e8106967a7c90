"""What the library costs, as ratios: against the same thing written by hand, and against other libraries.

Run with ``python -m benchmarks``. A machine's single figures swing by half, so every figure is a ratio of two things
measured in turns in one run, and every budget is one of a ratio. What can be asserted exactly (statements, round trips,
commits) is asserted in ``tests/`` and is not here.

Nothing is imported here: workers in other environments import this package, and have none of ours.
"""
