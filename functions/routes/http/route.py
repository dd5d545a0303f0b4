"""What a route is: each room has its part of the table in `routes/<room>/table.py`, and routes/table.py joins them."""

from __future__ import annotations

from msgspec import Struct

TRANSACTIONAL_EMAIL = "transactional-email"
MARKETING_EMAIL = "marketing-email"
CONTENT = "content"
ACCOUNT = "account"
SCOPES = (TRANSACTIONAL_EMAIL, MARKETING_EMAIL, CONTENT, ACCOUNT)

DATED_VERSIONS = ("2025-09", "2026-03", "2026-09")


class Route(Struct, frozen=True):
    """One operation. `scopes`: a key needs any one of them; a route without scopes is public."""

    method: str
    path: str  # API Gateway's notation: {name} is one segment
    operation: str  # also its operationId in the OpenAPI document
    function: str  # the Lambda file that serves it
    scopes: tuple[str, ...]
    success: int = 200

    @property
    def key(self) -> str:
        """API Gateway's route key."""
        return f"{self.method} {self.path}"
