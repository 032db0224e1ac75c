"""The error of the wire: a body that breaks a rule, with the place and what is allowed there."""


class Invalid(ValueError):
    """A body that the published API does not allow.

    `path` names the field as a reader would write it (`door.state`, `callback.webhook.attributes[0].key`),
    empty for the body itself; `message` says what is allowed there.
    """

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        self.message = message
        super().__init__(f"{path}: {message}" if path else message)


class NotOffered(Invalid):
    """What the published API has and FleetRemote does not offer; an API answers 501 with these words."""
