"""Personal fields: encrypted at rest with a key outside the database, masked on the way out (PRV-02).

Encryption is AES-256-GCM with a random nonce; the field's name and owner are bound in, so that a sealed value copied
to another row or column does not open. Equality look-ups use a keyed hash beside it.
"""

import base64
import hashlib
import hmac
import os
import re
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
PREFIX = "v1:"

_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_ID_NUMBER = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?![\dXx])")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}-?)\d{4}(\d{3,4})(?!\d)")


class SealBroken(Exception):
    """A sealed value was changed, moved to another field, or sealed with another key."""


class Seal:
    """Encrypts and opens personal fields with one 32-byte key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("the field key has 32 bytes")
        self._cipher = AESGCM(key)
        self._hash_key = hashlib.sha256(b"look-up:" + key).digest()

    @classmethod
    def from_file(cls, path: Path) -> "Seal":
        return cls(base64.b64decode(path.read_text("ascii")))

    def close(self, text: str, bound_to: str) -> str:
        """Return `text` encrypted, openable only with the same `bound_to` (for example "case.phone:<id>")."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, text.encode(), bound_to.encode())
        return PREFIX + base64.b64encode(sealed).decode("ascii")

    def open(self, sealed: str, bound_to: str) -> str:
        """Return the text that was closed. Raises SealBroken."""
        try:
            raw = base64.b64decode(sealed.removeprefix(PREFIX), validate=True)
            plain = self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken(bound_to) from error
        return plain.decode()

    def look_up(self, text: str) -> str:
        """A keyed hash of `text`, the same for the same text: for finding rows by a personal value."""
        return hmac.new(self._hash_key, text.encode(), hashlib.sha256).hexdigest()


def mask_phone(number: str) -> str:
    """Mask a telephone number: 13812345678 becomes 138****5678; short numbers keep their last two digits."""
    masked = _LANDLINE.sub(r"\1****\2", _MOBILE.sub(r"\1****\2", number))
    if masked == number and number:
        return "*" * max(len(number) - 2, 1) + number[-2:]
    return masked


def mask_id_number(number: str) -> str:
    """Mask an 18-digit citizen number: the first six and the last four characters stay."""
    return _ID_NUMBER.sub(r"\1********\2", number)


def mask_text(text: str) -> str:
    """Mask every mobile and citizen number that stands in free text."""
    return _MOBILE.sub(r"\1****\2", _ID_NUMBER.sub(r"\1********\2", text))


def mask_name(name: str) -> str:
    """Keep the family name: 张三 becomes 张*."""
    return name[:1] + "*" * (len(name) - 1)
