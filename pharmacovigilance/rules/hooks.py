"""How web hooks are signed, tried again, and to which addresses they may go. Pure."""

import hashlib
import hmac
from collections.abc import Collection
from datetime import timedelta
from urllib.parse import urlsplit

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
"""Before the second try, and the most between two (own choice: down at night, told in the morning)."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")
TAKEN = range(200, 300)


def pause_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: one minute, doubled each time, at most six hours."""
    doublings: int = min(failures - 1, 20)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def signature_of(body: bytes, *, secret: bytes, sent: int) -> str:
    """The header that says who sent it: `t=SECONDS,v1=HEX`, an HMAC with SHA-256 over `SECONDS.BODY`."""
    mac = hmac.new(secret, f"{sent}.".encode() + body, hashlib.sha256)
    return f"t={sent},v1={mac.hexdigest()}"


def secret_of(key: str, *, hook_id: int, url: str) -> str:
    """The secret of a hook, derived from the site's own key: nothing secret is stored with the hook."""
    return hmac.new(key.encode(), f"web hook {hook_id} {url}".encode(), hashlib.sha256).hexdigest()


def address_refusal(url: str, *, hosts: Collection[str]) -> str:
    """Why nothing may be sent there; empty when it may: https, to a host that the operator has named."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host not in hosts:
        return "host"
    if parts.username or parts.password or parts.fragment:
        return "plain"
    if parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK):
        return ""
    return "https"
