"""Passwords of tests: fast, and the same hash each time.

The trail has a SHA-256 of each hash. With a random salt the same rows written twice would give different trails, and
the proof of the blind compares trails byte for byte.
"""

from django.contrib.auth.hashers import MD5PasswordHasher


class FixedSaltHasher(MD5PasswordHasher):
    """MD5 with one salt of the length that Django requires."""

    algorithm = "md5_of_tests"

    def salt(self) -> str:
        return "one.salt.for.all.tests".replace(".", "x")
