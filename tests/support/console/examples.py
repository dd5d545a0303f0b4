"""An address of every page, and what must exist for it. The tests of security and accessibility visit each.

`GET` pages: the addresses to visit, in each state that looks different. `POST` pages: the path, and fields that change something.
"""

from __future__ import annotations

from tests.support.console import room_examples
from tests.support.console.example import Example

OTHER = "other@example.com"  # a user, who is not the visitor

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "GET /": (Example("/"),),
    "GET /console": (Example("/console"),),
    "GET /console/sign-in": (Example("/console/sign-in"),),
    "POST /console/sign-in": (Example("/console/sign-in", {"email": "a@example.com", "password": "not it"}),),
    "GET /console/sign-in/code": (Example("/console/sign-in/code"),),
    "POST /console/sign-in/code": (Example("/console/sign-in/code", {"code": "000000"}),),
    "POST /console/sign-out": (Example("/console/sign-out"),),
    "GET /console/password": (Example("/console/password"),),
    "POST /console/password": (Example("/console/password", {"email": OTHER}),),
    "GET /console/password/new": (Example("/console/password/new?key=used-up"),),
    "POST /console/password/new": (
        Example("/console/password/new", {"key": "k", "password": "twelve or more", "again": "twelve or more"}),
    ),
    "GET /console/sign-in/link": (Example("/console/sign-in/link?key=k"),),
    "POST /console/sign-in/link": (Example("/console/sign-in/link", {"key": "k"}),),
    "GET /console/you": (Example("/console/you"),),
    "POST /console/you": (Example("/console/you", {"language": "it", "zone": "Europe/Rome"}),),
    "POST /console/you/password": (
        Example("/console/you/password", {"current": "not it", "password": "twelve or more"}),
    ),
    "GET /console/you/second-factor": (Example("/console/you/second-factor"),),
    "POST /console/you/second-factor": (Example("/console/you/second-factor", {"password": "not it"}),),
    "POST /console/you/second-factor/confirm": (
        Example("/console/you/second-factor/confirm", {"token": "t", "secret": "ABCDEFGH", "code": "000000"}),
    ),
    "GET /console/you/second-factor/remove": (Example("/console/you/second-factor/remove"),),
    "POST /console/you/second-factor/remove": (Example("/console/you/second-factor/remove"),),
    "GET /console/you/sign-out-everywhere": (Example("/console/you/sign-out-everywhere"),),
    "POST /console/you/sign-out-everywhere": (Example("/console/you/sign-out-everywhere"),),
    "GET /console/users": (Example("/console/users"),),
    "POST /console/users": (Example("/console/users", {"email": "new@example.net", "role": "viewer"}),),
    **{
        f"{method} /console/users/{act}": (
            Example(f"/console/users/{act}?email={OTHER}")
            if method == "GET"
            else Example(f"/console/users/{act}", {"email": OTHER, **fields}),
        )
        for method in ("GET", "POST")
        for act, fields in (("role", {"role": "viewer"}), ("remove", {}), ("sign-out", {}), ("second-factor", {}))
    },
    **room_examples.EXAMPLES,
    "GET /console/static/{hash}/{file}": (Example("/console/static/0/style.css"),),
}
"""By the method and path of the page table."""
