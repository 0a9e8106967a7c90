"""What a test suite needs: contract tests for a bank's own store, and cheap stand-ins that are all named Unsafe."""
