"""The examples of the guide: files in templates/api/code, of which a reader chooses API and language."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.template.loader import render_to_string

APIS = ("v3", "v1")
LANGUAGES = ("curl", "python")
# In their order: typed one after the other, they do what the guide tells.
STEPS = ("enter", "vehicles", "subscribe", "send", "follow", "end")


@dataclass(frozen=True)
class Choice:
    api: str = APIS[0]
    language: str = LANGUAGES[0]


def choice_of(query: Mapping[str, str]) -> Choice:
    """What the address says, else v3 and curl."""
    api, language = query.get("api", ""), query.get("in", "")
    return Choice(api if api in APIS else APIS[0], language if language in LANGUAGES else LANGUAGES[0])


def code_of(choice: Choice, root: str) -> dict[str, str]:
    """The example of each step. `root` is where this FleetRemote is reached, without a slash at its end."""
    steps = {
        step: render_to_string(f"api/code/{choice.api}/{step}.{choice.language}", {"root": root}).strip()
        for step in STEPS
    }
    return {**steps, "verify": verifying()}


def verifying() -> str:
    """How a signature is verified, in Python."""
    return render_to_string("api/code/verify.python").strip()
