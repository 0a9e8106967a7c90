"""The test suite; a package only so that its helpers can be imported as ``tests.rounds``."""
