"""The examples and webhooks of a dialect's OpenAPI document."""

from api.reference.notifications import webhooks
from api.reference.problems import problems_of
from api.reference.samples import samples
from api.rest.docs import Example, Shown


def shown(dialect: str, sends: str) -> Shown:
    """`sends` is the operation that takes a remote action."""
    found = list(samples(dialect))
    errors: dict[int, dict[str, Example]] = {}
    for problem in problems_of(dialect):
        errors.setdefault(problem.status_in(dialect), {})[problem.name] = (problem.when, problem.body(dialect))
    return Shown(
        sends,
        {sample.name: (sample.title, sample.request) for sample in found},
        {sample.name: (sample.title, sample.answer) for sample in found},
        errors,
        webhooks(dialect),
    )
