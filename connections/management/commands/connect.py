"""`connect` connects an account at the manufacturer's cloud, or checks it again; without questions."""

import json
import time
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, close_old_connections

from connections import names, running
from connections.draft import BeingConnected, Wanted, enter
from connections.models import Connection, ConnectionStep
from connections.result import result
from fleets.models import ApiClient, Gateway
from fleets.storage import clock
from gateways.addresses import check_proxy_url
from gateways.certificates import BadCertificate, as_pem, read_ca_bundle, read_pem, read_pkcs12

# Seconds between two looks, and the longest time without any news.
PAUSE = 0.3
LONGEST = timedelta(minutes=30)
NO_DATABASE = "The database does not answer. Start FleetRemote first; script/manage doctor says what is wrong."


class _Unfit(Exception):
    """A value that can't be used, and the step that it is for."""

    def __init__(self, step: str, words: str) -> None:
        super().__init__(words)
        self.step = step


class Command(BaseCommand):
    """The same call again changes what is there instead of making a second one."""

    help = "Connect an account at the manufacturer's cloud: test it, take over its fleets, and send a first command."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Everything is an option: nothing is asked."""
        add = parser.add_argument
        add("--name", required=True, help="what the connection is called here")
        apis = [dialect.value for dialect in Gateway.Dialect]
        add("--api", choices=apis, default="v3", help="v3: Fleet Owner API, v1: Connected Car")
        add("--url", required=True, help="address of the API, up to and with the version")
        add("--client-id", default="", help="client_id that the manufacturer gave you")
        add("--username", default="", help="user name (Basic, v3)")
        add("--password-file", type=Path, help="file that holds the password, - for standard input (v3)")
        add("--token-url", default="", help="where access tokens are asked for (v1)")
        add("--client-secret-file", type=Path, help="file that holds the client secret, if you were given one (v1)")
        add("--scopes", default="", help="scopes to ask for, spaces between them; without it all that are known (v1)")
        add("--client-cert", type=Path, help="client certificate with its chain (PEM or DER)")
        add("--client-key", type=Path, help="its private key (PEM or DER)")
        add("--client-key-password-file", type=Path, help="file that holds the key's password")
        add("--pkcs12", type=Path, help="certificate and key in one PKCS #12 file instead")
        add("--pkcs12-password-file", type=Path, help="file that holds its password")
        add("--ca", type=Path, help="CAs to trust instead of the usual ones (PEM)")
        add("--proxy", default="", help="proxy for this account, such as http://proxy.example.com:3128")
        add("--fleets", default="all", help="all, or ids of the account's fleets with commas between them")
        add("--manager", action="append", default=[], help="user who is to manage the fleets; may be repeated")
        add("--api-client", default="", help="client_id of an API client of ours that may use the fleets")
        add("--no-send", action="store_true", help="end without a command to a vehicle")
        add("--json", action="store_true", help="one JSON object a step and line")

    def handle(self, *_: Any, **options: Any) -> None:
        """Enter what was given, then run and print the steps as they come."""
        try:
            connection = enter(options["name"], _wanted(options))
            if not running.start(connection, here=True):
                raise BeingConnected
        except _Unfit as error:
            self._refuse(error, options["json"])
        except BeingConnected:
            self._give_up(f"{options['name']} is being connected by somebody else now.", options["json"])
        except CommandError as error:
            self._give_up(str(error), options["json"])
        except OperationalError:
            self._give_up(NO_DATABASE, options["json"])
        self._follow(connection, options["json"])
        connection.refresh_from_db()
        done = result(connection)
        if options["json"]:
            self._line(done)
        else:
            self.stdout.write(self._last_words(connection, done["ok"]))
        if not done["ok"]:
            # Said already, step by step.
            raise SystemExit(1)

    def _refuse(self, error: "_Unfit", as_json: bool) -> NoReturn:
        """What can't be meant is told as the step that it would have failed, and nothing is changed."""
        if not as_json:
            raise CommandError(str(error))
        self._line({"step": error.step, "ok": False, "words": str(error)})
        self._line({"step": "done", "ok": False, "gateway": None, "fleets": []})
        raise SystemExit(1)

    def _give_up(self, words: str, as_json: bool) -> NoReturn:
        if as_json:
            self._line({"step": "done", "ok": False, "words": words, "gateway": None, "fleets": []})
        raise CommandError(words)

    def _follow(self, connection: Connection, as_json: bool) -> None:
        told: set[tuple[str, bool | None]] = set()
        ends = clock.now() + LONGEST
        while clock.now() < ends:
            running.run(connection.pk, lambda step: self._tell(step, told, as_json))
            for step in sorted(connection.steps.filter(is_over=True), key=lambda step: names.STEPS.index(step.name)):
                self._tell(step, told, as_json)
            state = Connection.objects.values_list("state", flat=True).get(pk=connection.pk)
            if state != Connection.State.RUNNING:
                return
            close_old_connections()
            time.sleep(PAUSE)

    def _tell(self, step: ConnectionStep, told: set[tuple[str, bool | None]], as_json: bool) -> None:
        if not step.is_over or (step.name, step.ok) in told:
            return
        told.add((step.name, step.ok))
        words = str(step.why or "")
        if as_json:
            self._line({"step": step.name, "ok": step.ok, "words": words})
        else:
            mark = {True: "ok  ", False: "FAIL", None: "note"}[step.ok]
            self.stdout.write(f"{mark} {names.TITLES[step.name]}: {words}")

    def _line(self, document: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(document, ensure_ascii=False))
        self.stdout.flush()

    def _last_words(self, connection: Connection, ok: bool) -> str:
        if ok:
            return f"{connection} is connected."
        return f"{connection} is not connected yet. See above what to do; the same command goes on from there."


def _wanted(options: dict[str, Any]) -> Wanted:
    """What the options ask for. Raises CommandError where they can't be meant."""
    _check_sign_in(options)
    fleets = None if options["fleets"] == "all" else _ids(options["fleets"])
    return Wanted(
        dialect=options["api"],
        base_url=options["url"],
        credentials=_credentials(options),
        fleets=fleets,
        takes_all=options["fleets"] == "all",
        managers=[_person(name) for name in options["manager"]],
        api_client=_api_client(options["api_client"]) if options["api_client"] else None,
        sends=not options["no_send"],
    )


# Options by which an account of one API signs in, and none of the other.
_SIGN_IN = {"v3": ("username", "password_file"), "v1": ("token_url", "client_secret_file", "scopes")}


def _check_sign_in(options: dict[str, Any]) -> None:
    api = options["api"]
    for other in _SIGN_IN.keys() - {api}:
        for name in _SIGN_IN[other]:
            if options[name]:
                raise CommandError(f"--{name.replace('_', '-')} is for --api {other}, not for {api}. Leave it out.")
    if api == Gateway.Dialect.V1 and not options["token_url"].strip():
        raise CommandError("--api v1 needs --token-url: this API is used with access tokens.")


def _ids(text: str) -> dict[str, str]:
    ids = [part.strip() for part in text.split(",") if part.strip()]
    if not ids:
        raise CommandError("--fleets names no fleet. Write all, or ids with commas between them.")
    return dict.fromkeys(ids, "")


def _credentials(options: dict[str, Any]) -> dict[str, str]:
    proxy = options["proxy"].strip()
    problem = check_proxy_url(proxy) if proxy else None
    if problem is not None:
        raise _Unfit("address", f"--proxy: {problem}")
    ca_bundle = ""
    if options["ca"]:
        content = _content(options["ca"], "--ca")
        try:
            read_ca_bundle(content)
            ca_bundle = as_pem(content)
        except BadCertificate as error:
            raise _Unfit("tls", f"--ca: {error}") from None
    certificate, private_key = _identity(options)
    return {
        "client_id": options["client_id"],
        "username": options["username"],
        "password": _secret(options["password_file"], "--password-file"),
        "token_url": options["token_url"].strip(),
        "client_secret": _secret(options["client_secret_file"], "--client-secret-file"),
        "scopes": " ".join(dict.fromkeys(options["scopes"].split())),
        "certificate": certificate,
        "private_key": private_key,
        "ca_bundle": ca_bundle,
        "proxy": proxy,
    }


def _identity(options: dict[str, Any]) -> tuple[str, str]:
    """Certificate and key in PEM, empty without one. That it is not valid now is the test's to say."""
    try:
        if options["pkcs12"]:
            if options["client_cert"] or options["client_key"]:
                raise CommandError("Give either --pkcs12, or --client-cert with --client-key.")
            password = _secret(options["pkcs12_password_file"], "--pkcs12-password-file")
            identity = read_pkcs12(_content(options["pkcs12"], "--pkcs12"), password or None)
        elif options["client_cert"]:
            key = _content(options["client_key"], "--client-key") if options["client_key"] else b""
            password = _secret(options["client_key_password_file"], "--client-key-password-file")
            identity = read_pem(_content(options["client_cert"], "--client-cert"), key, password or None)
        elif options["client_key"]:
            raise CommandError("--client-key needs --client-cert.")
        else:
            return "", ""
    except BadCertificate as error:
        raise _Unfit("client-certificate", str(error)) from None
    return identity.certificate, identity.private_key


def _content(path: Path, option: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{option}: {path} can't be read: {error.strerror}.") from None


def _secret(path: Path | None, option: str) -> str:
    if path is None:
        return ""
    if str(path) == "-":
        return input().rstrip("\r\n")
    # The line's end is the editor's, not the password's.
    return _content(path, option).decode("utf-8", "replace").rstrip("\r\n")


def _person(name: str) -> User:
    found = User.objects.filter(username=name, is_active=True).first()
    if found is None:
        raise CommandError(f"--manager: there is no user {name}.")
    return found


def _api_client(client_id: str) -> ApiClient:
    found = ApiClient.objects.filter(client_id=client_id).first()
    if found is None:
        raise CommandError(f"--api-client: there is no API client with the client_id {client_id}.")
    return found
