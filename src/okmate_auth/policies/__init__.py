"""Rules as pure values: what a login ID and a password may be, when a factor locks, how long things live."""
