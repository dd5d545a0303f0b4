"""An address of every page, and what must exist for it. The tests of security and accessibility visit each.

`GET` pages: the addresses to visit, in each state that looks different. `POST` pages: the path, and fields that change something.
"""

from __future__ import annotations

from tests.support.console import room_examples
from tests.support.console.example import Example

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "GET /": (Example("/"),),
    "GET /console": (Example("/console"),),
    "GET /console/sign-in": (Example("/console/sign-in"),),
    "POST /console/sign-in": (Example("/console/sign-in", {"email": "a@example.com", "password": "not it"}),),
    "GET /console/sign-in/code": (Example("/console/sign-in/code"),),
    "POST /console/sign-in/code": (Example("/console/sign-in/code", {"code": "000000"}),),
    "POST /console/sign-out": (Example("/console/sign-out"),),
    **room_examples.EXAMPLES,
    "GET /console/static/{hash}/{file}": (Example("/console/static/0/style.css"),),
}
"""By the method and path of the page table."""
