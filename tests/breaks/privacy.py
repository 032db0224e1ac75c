"""Breaks of privacy: positions stay, an erasure leaves something, or the audit takes any change for an erasure."""

from tests.breaks.kept import Break

_ERASING = "tests/fleets/audit/test_erasing.py"
_PERSON = "tests/privacy/test_erasing_a_person.py"
_VEHICLE = "tests/privacy/test_erasing_a_vehicle.py"

BREAKS = (
    Break(
        "settings: positions go after POSITION_DAYS",
        "fleets/storage/kept.py",
        "now - timedelta(days=settings.POSITION_DAYS)",
        "now - timedelta(days=2 * settings.POSITION_DAYS)",
        ("tests/fleets/privacy/test_places.py",),
    ),
    Break(
        "raw bodies outlive the positions in them",
        "fleets/storage/kept.py",
        "min(days, settings.POSITION_DAYS) if settings.POSITION_DAYS else days",
        "days",
        ("tests/remotes/test_prune.py",),
    ),
    Break(
        "any erasure vouches for any remainder",
        "fleets/audit/verifying.py",
        " or erasures.digest(entry) != vouched.digest",
        "",
        (_ERASING,),
    ),
    Break(
        "an erasure needs no proof",
        "fleets/audit/verifying.py",
        "if not erasures.is_proven(erasure.document, key):",
        "if False:",
        (_ERASING,),
    ),
    Break(
        "sessions outlive their person",
        "fleetremote/privacy/people.py",
        'add("sessions.Session", _end_sessions(user.pk))',
        "pass",
        (_PERSON,),
    ),
    Break(
        "names stay in texts",
        "fleetremote/privacy/erasing.py",
        "        _rename(subject.renaming, done.add)\n",
        "",
        (_PERSON, _VEHICLE),
    ),
    Break(
        "what would be erased is erased",
        "fleetremote/privacy/erasing.py",
        "            raise _OnlyTried\n",
        "",
        (_PERSON,),
    ),
    Break(
        "a vehicle goes with what is under way",
        "fleetremote/privacy/erasing.py",
        "_refuse(why_not_car(subject, though_listed=though_listed))",
        "pass",
        (_VEHICLE,),
    ),
    Break(
        "bodies of others' events go too",
        "fleetremote/privacy/bodies.py",
        "[message for message in document if not _names(message, vin)]",
        "[]",
        (_VEHICLE,),
    ),
    Break(
        "an export tells of other vehicles",
        "fleetremote/privacy/exporting.py",
        "isinstance(row, AuditEntry) or is_alone(",
        "True or is_alone(",
        ("tests/privacy/test_exporting.py",),
    ),
)
