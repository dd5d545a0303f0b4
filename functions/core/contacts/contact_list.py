"""A list of contacts that actors choose one by one. HubSpot's word for the kind is MANUAL."""

from __future__ import annotations

from msgspec import Struct

LISTS_MAX = 1000  # HubSpot's own limit: every look-up by name reads all of them
NAME_MAX = 200  # characters
MEMBERS_MAX = 500  # contacts that one request adds or removes
SHARDS = 16  # of a list's members, so that a list takes 16,000 changes a second
CONTACT_TYPE_ID = "0-1"  # HubSpot's number of the object type


class ContactList(Struct, frozen=True, kw_only=True):
    id: int
    name: str
    created_at: str
    updated_at: str
    created_by: str
    updated_by: str
    size: int = 0
    list_version: int = 1  # how often it was renamed, deleted or restored, from 1
    deleted_at: str | None = None


class Membership(Struct, frozen=True):
    list_id: int
    email: str
    joined_at: str
