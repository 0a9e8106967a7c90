"""``python -m okmate_auth.cli`` does what ``okmate-auth`` does."""

from __future__ import annotations

import sys

from okmate_auth.cli.program import main

sys.exit(main())
