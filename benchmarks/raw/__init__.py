"""What the library is compared with: the same things written by hand, for one purpose, with nothing of ours.

Each module says what it does and what it leaves out. The code is sound: it reads what decides, writes by
compare-and-set in one transaction, chains the history, unseals the seed; it is what an engineer would write who knew
exactly one bank with exactly one kind of token and nothing else to come.
"""
