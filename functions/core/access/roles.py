"""The roles of people in the console: each is a set of scopes."""

from __future__ import annotations

from enum import StrEnum

from functions.core.access.scopes import CONTACT_DATA, CONTENT, MARKETING_EMAIL, REPORTS, SCOPES, TRANSACTIONAL_EMAIL


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    EDITOR = "editor"
    VIEWER = "viewer"


SCOPES_OF: dict[Role, tuple[str, ...]] = {
    Role.ADMINISTRATOR: SCOPES,
    Role.EDITOR: (TRANSACTIONAL_EMAIL, MARKETING_EMAIL, CONTENT, CONTACT_DATA, REPORTS),
    Role.VIEWER: (REPORTS,),
}
