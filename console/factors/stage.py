"""The step of a log-in at which the second factor is asked for (console/accounts/adapter.py lists the steps)."""

import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

from console.accounts.second_factor import FRESH, PROVIDER


class SecondFactorStage(AuthenticateStage):
    """Not asked for where the provider of single sign-on has just done so, and is trusted with it."""

    def handle(self) -> Any:
        # Who gets a new password meanwhile begins anew.
        self.state["session_hash"] = self.login.user.get_session_auth_hash()
        return super().handle()

    def _should_handle(self, request: HttpRequest) -> bool:
        return super()._should_handle(request) and not self._was_shown_elsewhere(request)

    def _was_shown_elsewhere(self, request: HttpRequest) -> bool:
        return any(
            record.get("method") == "mfa" and record.get("type") == PROVIDER and time.time() - record["at"] < FRESH
            for record in get_authentication_records(request, self.login.user)
        )
