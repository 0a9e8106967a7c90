"""The demo bank: the whole login in a browser, on this machine alone.

Rule 1. It is a bank's own web application as a bank would write it: views, words and pages are here, every rule of the
        login is the library's, and every rule of the web is :mod:`okmate_auth.web`'s.
Rule 2. It listens on the loopback interface only. Its helpers tell passwords and show tokens to whoever asks, and say
        on each of their pages that no bank has them.
Rule 3. Importing this package needs nothing; its modules need the extra ``demo``.
"""

from __future__ import annotations
