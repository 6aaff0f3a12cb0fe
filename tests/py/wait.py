"""The one wait of the scripts: look, pause shortly, look again, until the deadline. Never used as a plain delay."""

import threading
import time


def until(what, look, seconds=60):
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > end:
            raise SystemExit(f"{what}: not within {seconds} s; last seen: {seen!r}")
        threading.Event().wait(0.02)
