"""The actor of a step: who does it, and what they may do. It is an API key, a person in the console, or the AWS identity that runs the command."""

from __future__ import annotations

from msgspec import Struct

from functions.core.access.scopes import SCOPES
from functions.core.errors import Forbidden


class Actor(Struct, frozen=True):
    name: str  # the email address of the person or of the key's owner, or the AWS identity that runs the command
    scopes: tuple[str, ...] = ()
    key_id: str = ""  # of the API key; empty: the act does not come over the API

    def may(self, *scopes: str) -> bool:
        """Any one of the scopes is enough."""
        return not set(scopes).isdisjoint(self.scopes)

    def require(self, *scopes: str) -> None:
        """Raises Forbidden if the actor has none of the scopes."""
        if not self.may(*scopes):
            raise Forbidden(scopes)


def unrestricted(name: str) -> Actor:
    """Returns the actor of a command, whose identity AWS itself checked, or of the service's own work."""
    return Actor(name, SCOPES)
