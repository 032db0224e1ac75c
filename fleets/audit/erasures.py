"""What vouches for erased entries: one of the kind "erased" that lists them, with a proof that FleetRemote wrote it.

An erased entry keeps the seal of what stood in it before, so the chain goes on over it, but it does not fit that seal
any more. In its place the last erasure that lists it says what is left: its position, its seal, and the SHA-256 of it
as it stands. The erasure is sealed like any entry. Its proof is made with a key that is encrypted in the database
(settings.FIELD_KEYS), so that whoever has the database alone can't make one.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fleets.audit.sealing import canonical, stored_head
from fleets.models import AuditEntry, AuditHead
from fleets.storage import clock

# Members of an erasure's document.
ENTRIES, PROOF = "entries", "proof"


@dataclass(frozen=True)
class Vouched:
    """What an erasure at `by` says of an entry: its seal, and the digest of what is left, both in hex."""

    seal: str
    digest: str
    by: int


def key() -> bytes:
    """The key of proofs, made when it is needed first. Raises ImproperlyConfigured where FIELD_KEYS lacks its key."""
    head = AuditHead.objects.first()
    if head is None:
        start = stored_head()
        head = AuditHead(id=1, position=start.position, seal=start.seal, sealed_at=clock.now())
        head.save(force_insert=True)
    if not head.erasure_key:
        head.erasure_key = secrets.token_hex(32)
        head.save(update_fields=["erasure_key"])
    return bytes.fromhex(head.erasure_key)


def known_key() -> bytes | None:
    """As `key`, but makes none."""
    head = AuditHead.objects.first()
    return bytes.fromhex(head.erasure_key) if head is not None and head.erasure_key else None


def listed(entries: Iterable[AuditEntry]) -> list[list[Any]]:
    """Erased entries as an erasure lists them: position, seal, digest."""
    return [[entry.position, bytes(entry.seal or b"").hex(), digest(entry)] for entry in entries]


def digest(entry: AuditEntry) -> str:
    """Of all of the entry as it stands, but its seal."""
    return hashlib.sha256(canonical(entry)).hexdigest()


def proven(document: Mapping[str, Any], with_key: bytes) -> dict[str, Any]:
    """The erasure's document with its proof."""
    return {**document, PROOF: _proof(document, with_key)}


def is_proven(document: Mapping[str, Any], with_key: bytes) -> bool:
    bare = {name: value for name, value in document.items() if name != PROOF}
    return hmac.compare_digest(str(document.get(PROOF, "")).encode(), _proof(bare, with_key).encode())


def vouched_by(erasures: Iterable[AuditEntry]) -> dict[int, Vouched]:
    """What sealed erasures say, by the position of the entry; the last one counts. In the order of their positions."""
    said: dict[int, Vouched] = {}
    for erasure in erasures:
        for position, seal, left in _items(erasure.document.get(ENTRIES)):
            said[position] = Vouched(seal, left, erasure.position or 0)
    return said


def _items(entries: object) -> Iterator[tuple[int, str, str]]:
    for item in entries if isinstance(entries, list) else []:
        if _is_item(item):
            yield item[0], item[1], item[2]


def _is_item(item: object) -> bool:
    return isinstance(item, Sequence) and len(item) == 3 and isinstance(item[0], int) and isinstance(item[1], str)


def _proof(document: Mapping[str, Any], with_key: bytes) -> str:
    text = json.dumps(document, sort_keys=True, separators=(",", ":")).encode("ascii")
    return hmac.new(with_key, text, hashlib.sha256).hexdigest()
