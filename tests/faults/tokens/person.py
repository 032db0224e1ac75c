"""Makes somebody who may see the pages of every fleet that there is.

python -m tests.faults.tokens.person      in FleetRemote's environment; prints the filled-in form of the login, as JSON
"""

import json
import secrets

import django


def main() -> dict[str, str]:
    django.setup()
    from django.contrib.auth import get_user_model

    from fleets.models import Fleet, Membership

    form = {"username": "viewer", "password": secrets.token_urlsafe(16)}
    user = get_user_model().objects.create_user(**form)
    Membership.objects.bulk_create(Membership(user=user, fleet=fleet) for fleet in Fleet.objects.all())
    return form


if __name__ == "__main__":
    print(json.dumps(main()))
