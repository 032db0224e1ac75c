"""Breaks of the test of a connection: it lies, tells secrets, or goes where it must not."""

from tests.breaks.kept import Break

_TABLE = "tests/gateways/diagnosis/test_table.py"
_RIGHT = "tests/gateways/diagnosis/test_right.py"
_JUNK = "tests/gateways/diagnosis/test_junk.py"

BREAKS = (
    Break(
        "the words of a failing step hold secrets",
        "gateways/diagnosis/__init__.py",
        "yield Step(name, False, _masked(wrong.why, masking))",
        "yield Step(name, False, wrong.why)",
        (f"{_JUNK}::test_what_they_write_into_their_certificate_is_told_without_our_secrets",),
    ),
    Break(
        "what comes after a failing step is tried",
        "gateways/diagnosis/__init__.py",
        "yield Step(name, False, _masked(wrong.why, masking))\n                return\n",
        "yield Step(name, False, _masked(wrong.why, masking))\n                continue\n",
        (_TABLE,),
    ),
    Break(
        "a name may lead to metadata",
        "gateways/diagnosis/reaching.py",
        "if not is_forbidden(str(place[4][0]))",
        "if place",
        (_TABLE,),
    ),
    Break(
        "a request may go to a link-local address",
        "gateways/bounded.py",
        "if is_forbidden(address):",
        "if not address:",
        ("tests/gateways/test_addresses.py::test_a_name_that_leads_to_a_forbidden_address_gets_no_request",),
    ),
    Break(
        "IPv4 in IPv6 is another address",
        "gateways/addresses.py",
        "for each in (ip, *_inside(ip))",
        "for each in (ip,)",
        ("tests/gateways/test_addresses.py",),
    ),
    Break(
        "a refusal after the handshake is a cut",
        "gateways/diagnosis/way.py",
        "                self._tls.settle(SETTLE_SECONDS)\n",
        "                pass\n",
        (_TABLE,),
    ),
    Break(
        "a certificate that was not looked at is accepted",
        "gateways/diagnosis/ours.py",
        "    if not seen.wants_ours:\n        return Found(None, Why(codes.OURS_NOT_ASKED, subject=ours.subject))\n",
        "",
        (f"{_RIGHT}::test_what_is_to_be_known_of_our_certificate_is_told",),
    ),
    Break(
        "a key may belong to another certificate",
        "gateways/certificates/reading.py",
        "if certificate.public_key() == key.public_key()",
        "if certificate",
        ("tests/gateways/test_certificates.py",),
    ),
    Break(
        "a connection's test has no deadline",
        "gateways/diagnosis/streams.py",
        "        if left <= 0:\n",
        "        left = max(left, 2.0)\n        if left <= 0:\n",
        (f"{_JUNK}::test_an_answer_that_drips_is_not_waited_for",),
    ),
    Break(
        "an account is taken over though a list could not be read",
        "connections/stages/taking_over.py",
        "        if not reading.problems:\n",
        "        if True:\n",
        ("tests/connections/test_connect.py::test_a_list_that_can_not_be_read_takes_over_nothing",),
    ),
    Break(
        "the credentials before are lost",
        "connections/stages/taking_over.py",
        "        _keep_former(gateway)\n",
        "",
        ("tests/connections/test_connect.py::test_new_credentials_take_over_once_they_passed",),
    ),
    Break(
        "a fleet that nobody has chosen is taken over",
        "fleets/sync/reading.py",
        "    if chosen is not None and fleet_id not in chosen:\n        return\n",
        "",
        ("tests/connections/test_connect.py::test_some_of_the_fleets",),
    ),
    Break(
        "the draft keeps its secrets after they are in use",
        "connections/draft.py",
        "        setattr(gateway, field_name, value)\n    connection.is_draft = False\n",
        "        setattr(gateway, field_name, value)\n    return\n",
        ("tests/connections/test_connect.py::test_the_whole_way",),
    ),
    Break(
        "anybody may connect an account",
        "console/rights.py",
        "    if not request.user.is_superuser:\n        raise Http404\n",
        "    return\n",
        ("tests/console/connections/test_pages.py::test_managers_find_nothing",),
    ),
)
