"""Keys made once for a platform: the Ed25519 pair that signs tokens, and the key of personal fields (PRV-02)."""

import base64
import json
import secrets
from pathlib import Path

from joserfc.jwk import KeySet, OKPKey

from infra.local.secrets import write_private

FIELD_KEY_BYTES = 32


def ensure_token_keys(private: Path, public: Path) -> None:
    """Have a JWK with the private key and a JWKS with the public one, unless both files exist."""
    if private.exists() and public.exists():
        return
    key = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
    write_private(private, json.dumps(key.as_dict(private=True)))
    write_private(public, json.dumps(KeySet([key]).as_dict(private=False)))


def ensure_field_key(path: Path) -> None:
    """Have the base64 of 32 random bytes in `path`. An existing key is never replaced: what it sealed would be lost."""
    if not path.exists():
        write_private(path, base64.b64encode(secrets.token_bytes(FIELD_KEY_BYTES)).decode())
