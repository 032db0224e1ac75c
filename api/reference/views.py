"""The pages at /api/docs. They tell nothing of any fleet, so that whoever is to write a client may read them."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from api.reference import guiding
from api.reference import notifications as posted
from api.reference.document import document
from api.reference.marking import marked
from api.reference.operations import operations
from api.reference.problems import SHAPES, problems_of
from api.reference.samples import other_bodies, samples_of
from api.reference.shapes import shapes
from protocol import v1, v3
from protocol.catalogue import REMOTE_TYPES, RemoteType
from protocol.schema import fields

_NAMES = {"v3": v3.NAME, "v1": v1.NAME, "oauth": "OAuth 2"}


def _indented(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


@require_safe
@never_cache
def guide(request: HttpRequest) -> HttpResponse:
    """`?api=` v3 or v1, `?in=` curl or python: what its examples are written for."""
    choice = guiding.choice_of(request.GET)
    code = guiding.code_of(choice, settings.PUBLIC_URL)
    return render(request, "api/guide.html", {"choice": choice, "code": code, "name": _NAMES[choice.api]})


@require_safe
@never_cache
def remote_types(request: HttpRequest) -> HttpResponse:
    return render(request, "api/remote_types.html", {"types": [_type(entry) for entry in REMOTE_TYPES.values()]})


def _type(entry: RemoteType) -> dict[str, Any]:
    dialects = [
        {
            "dialect": dialect,
            "name": _NAMES[dialect],
            "samples": [
                {"title": sample.title, "request": _indented(sample.request), "answer": _indented(sample.answer)}
                for sample in samples_of(entry, dialect)
            ],
            "others": [json.dumps(body, ensure_ascii=False) for body in other_bodies(entry, dialect)],
        }
        for dialect in ("v3", "v1")
    ]
    return {"entry": entry, "fields": list(fields(entry.schema, entry.v3.key)), "dialects": dialects}


@require_safe
@never_cache
def errors(request: HttpRequest) -> HttpResponse:
    apis = [
        {
            "api": api,
            "name": _NAMES[api],
            "problems": [
                {
                    "problem": problem,
                    "status": problem.status_in(api),
                    "code": problem.code(api),
                    "body": _indented(problem.body(api)),
                }
                for problem in problems_of(api)
            ],
        }
        for api in SHAPES
    ]
    return render(request, "api/errors.html", {"apis": apis})


@require_safe
@never_cache
def notifications(request: HttpRequest) -> HttpResponse:
    dialects = [
        {
            "dialect": dialect,
            "name": _NAMES[dialect],
            "examples": [(title, _indented(body)) for title, body in posted.examples(dialect).values()],
            "shapes": shapes(posted.SCHEMAS[dialect]),
        }
        for dialect in posted.SCHEMAS
    ]
    headers = [(name, marked(words)) for name, (_, words) in posted.HEADERS.items()]
    answers = [(code, marked(words)) for code, words in posted.ANSWERS.items()]
    more = {"headers": headers, "answers": answers, "signature": marked(posted.SIGNATURE)}
    return render(
        request,
        "api/notifications.html",
        {"dialects": dialects, "alert": _indented(posted.ALERT), "verify": guiding.verifying(), **more},
    )


@require_safe
@never_cache
def reference(request: HttpRequest, dialect: str) -> HttpResponse:
    described = document(dialect)
    found = {
        "dialect": dialect,
        "name": _NAMES[dialect],
        "info": described["info"],
        "tags": operations(described, dialect),
        "shapes": shapes(described["components"]["schemas"]),
    }
    return render(request, "api/reference.html", found)


@require_safe
def moved(_request: HttpRequest) -> HttpResponse:
    return redirect("api-docs-v1", permanent=True)
