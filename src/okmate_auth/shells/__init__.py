"""The only places with a clock, randomness, files and threads: the loop of each shell, and the key ring."""
