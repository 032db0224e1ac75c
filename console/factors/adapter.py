"""What FleetRemote wants of django-allauth's second factors (settings.MFA_ADAPTER)."""

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.models import User

from fleets.storage.encryption import seal, unseal


class FactorAdapter(DefaultMFAAdapter):
    """Secrets are encrypted by FIELD_KEYS, and people are known by the name that they log in with."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def get_totp_issuer(self) -> str:
        """With the host, since somebody may have accounts at several."""
        return f"FleetRemote {settings.PUBLIC_HOST}"

    def _get_user_identifier(self, user: User) -> str:
        return user.get_username()

    def _get_site_name(self) -> str:
        return "FleetRemote"
