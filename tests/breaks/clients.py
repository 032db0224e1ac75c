"""Breaks of what API clients may, of their passwords and certificates, and of whom they are trusted by."""

from tests.breaks.kept import Break

_CERTIFICATES = "tests/front/test_certificates.py"
_PAGES = "tests/console/clients/test_clients.py"
_TRUST = "tests/console/clients/test_trust.py"

BREAKS = (
    Break(
        "a bound client gets in with its password alone",
        "api/rest/proofs.py",
        "    if shown != bound:\n",
        "    if False:\n",
        ("tests/api/test_certificates.py::test_each_door_asks_for_the_certificate_also_of_a_token_from_before",),
    ),
    Break(
        "anybody says which certificate was shown",
        "fleetremote/front/certificates.py",
        "    if not name or not is_trusted(scope):\n",
        "    if not name:\n",
        (f"{_CERTIFICATES}::test_a_trusted_proxy_is_believed_and_nobody_else",),
    ),
    Break(
        "of two certificates in one header the first counts",
        "fleets/programs/certificates.py",
        '    if chain and not _PEM.sub("", plain).strip():\n',
        "    if chain:\n",
        (f"{_CERTIFICATES}::test_what_is_none_is_none",),
    ),
    Break(
        "a password is made by who may less than the client",
        "console/clients/views_acts.py",
        "    client = client_to_change(request, client_id)\n    _check_covers(request, client)\n",
        "    client = client_to_change(request, client_id)\n",
        (f"{_PAGES}::test_nobody_gives_what_they_may_not_do_themselves",),
    ),
    Break(
        "a password outlives the rights of its maker",
        "console/clients/views_acts.py",
        "form.ends_at(until)",
        "form.ends_at(None)",
        (f"{_PAGES}::test_a_password_does_not_outlive_the_rights_of_whoever_makes_it",),
    ),
    Break(
        "a former owner may approve again",
        "fleets/programs/people.py",
        "    return {*client.known_to, *([client.owner_id]",
        "    return {*([client.owner_id]",
        (f"{_PAGES}::test_a_client_is_handed_on_by_its_owner_who_still_may_know_its_password",),
    ),
    Break(
        "trust stays with another certificate",
        "console/clients/views_acts.py",
        "    if client.certificate_fingerprint == was_bound_to:\n",
        "    if True:\n",
        (f"{_TRUST}::test_it_ends_with_what_was_agreed_on",),
    ),
    Break(
        "trust stays with whoever made the password and has left",
        "fleets/programs/trust.py",
        "    return trust.proposal_id is None or maker_answers(used, client, fleet_id)\n",
        "    return True\n",
        (f"{_TRUST}::test_it_ends_with_what_was_agreed_on",),
    ),
    Break(
        "a password that was made meanwhile is trusted",
        "fleets/programs/trust.py",
        "    now = proposal.asked_at if proposal is not None else clock.now()\n",
        "    now = clock.now()\n",
        (f"{_TRUST}::test_who_has_made_a_password_meanwhile_can_not_agree",),
    ),
)
