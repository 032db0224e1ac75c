"""Breaks of what keeps secrets unreadable in the database, in logs, on pages and in what a subscriber repeats."""

from tests.breaks.kept import Break

_CANARIES = "tests/canaries/test_canaries.py::test_no_secret_is_readable"
_ECHOES = "tests/callbacks/delivery/test_echoes.py"
_ROTATION = "tests/fleets/storage/test_rotation.py"
_SESSIONS = "tests/console/entrance/test_sessions.py"
_KEYS = "tests/test_keys.py::test_what_is_no_key_is_refused_in_words_that_name_it_and_the_mend"
_CALLBACKS = "tests/console/callbacks/test_callbacks.py"

BREAKS = (
    Break(
        "at rest: what is registered is stored as it is",
        "fleets/storage/encryption/fields.py",
        "kept = seal_members(value, self.plain) if isinstance(value, dict) else value",
        "kept = value",
        (f"{_ROTATION}::test_statements_still_find_what_they_look_for_and_nothing_else",),
    ),
    Break(
        "at rest: the attributes of an action wait readable",
        "callbacks/models/kept.py",
        "kept = event | seal_members({_SEALED: found}) if found else event",
        "kept = event",
        (f"{_ROTATION}::test_statements_still_find_what_they_look_for_and_nothing_else",),
    ),
    Break(
        "at rest: a body with a subscriber's value is stored as it is",
        "callbacks/models/kept.py",
        "return SecretBytes(content) if secret else content",
        "return content",
        (f"{_ECHOES}::test_what_it_says_is_kept_without_it", _CANARIES),
    ),
    Break(
        "at rest: an answer is kept as the subscriber wrote it",
        "callbacks/delivery/posting.py",
        "return _plain(kept.without(text, (*self._values, *kept.values_in(batch.body))))",
        "return _plain(text)",
        (f"{_ECHOES}::test_what_it_says_is_kept_without_it",),
    ),
    Break(
        "at rest: a later try posts what is stored",
        "callbacks/delivery/turns.py",
        "return msgspec.structs.replace(batch, body=unseal_bytes(batch.body))",
        "return batch",
        (f"{_ECHOES}::test_each_try_posts_the_same_bytes",),
    ),
    Break(
        "at rest: keys are rotated over what somebody changes meanwhile",
        "fleets/storage/encryption/rotation.py",
        "_raw(model, field).filter(pk=pk, raw=stored).update(",
        "_raw(model, field).filter(pk=pk).update(",
        (f"{_ROTATION}::test_what_somebody_changes_meanwhile_is_theirs",),
    ),
    Break(
        "at rest: the table has the keys of sessions",
        "console/entrance/sessions.py",
        'return hashlib.sha256(session_key.encode("utf-8", "surrogatepass")).hexdigest()[:_LETTERS]',
        "return session_key[:_LETTERS]",
        (f"{_SESSIONS}::test_the_key_of_the_cookie_lets_in_and_stands_nowhere",),
    ),
    Break(
        "at rest: one bad key among good ones is taken",
        "launcher/start/keys.py",
        "    for number, key in enumerate(keys, 1):",
        "    for number, key in enumerate(keys[:1], 1):",
        (_KEYS,),
    ),
    Break(
        "at rest: a viewer sees what is no credential",
        "console/callbacks/words.py",
        "return value if may_change and not is_secret(attribute) else MASK",
        "return value if not is_secret(attribute) else MASK",
        (f"{_CALLBACKS}::test_the_page_tells_how_it_is_registered_and_hides_credentials",),
    ),
    Break(
        "at rest: the admin shows a body with values",
        "callbacks/admin.py",
        "if isinstance(batch.body, SecretBytes):",
        "if isinstance(batch.body, str):",
        (_CANARIES,),
    ),
)
