"""Sessions in the database, where whoever reads them finds no key that lets in: of a key only its digest is kept.

Django's own backend keeps the key itself, which is what the cookie holds. Keys are 160 random bits, so a digest without
salt is enough.
"""

import hashlib
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

# As many letters as Django's table has room for: 160 bits, as the key has.
_LETTERS = 40


def digest(session_key: str) -> str:
    """What the table has for the key."""
    return hashlib.sha256(session_key.encode("utf-8", "surrogatepass")).hexdigest()[:_LETTERS]


class SessionStore(db.SessionStore):
    """settings.SESSION_ENGINE; its name is Django's, since what it signs is signed for that name."""

    def _get_session_from_db(self) -> Any:
        return self._known(self._rows(self.session_key).first())

    async def _aget_session_from_db(self) -> Any:
        return self._known(await self._rows(self.session_key).afirst())

    def _rows(self, session_key: str | None) -> Any:
        return self.model.objects.filter(session_key=digest(session_key or ""), expire_date__gt=timezone.now())

    def _known(self, row: AbstractBaseSession | None) -> AbstractBaseSession | None:
        """Where it is none, the key is forgotten: the next session gets one of our making."""
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        return super().exists(digest(session_key))

    async def aexists(self, session_key: str) -> bool:
        return await super().aexists(digest(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        return self._digested(super().create_model_instance(data))

    async def acreate_model_instance(self, data: dict[str, Any]) -> Any:
        return self._digested(await super().acreate_model_instance(data))

    def _digested(self, row: Any) -> Any:
        row.session_key = digest(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            super().delete(digest(key))

    async def adelete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            await super().adelete(digest(key))
