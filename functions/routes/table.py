"""Every HTTP route, spelled once: infra deploys this table and the functions dispatch by it."""

from __future__ import annotations

from dataclasses import dataclass

TRANSACTIONAL_EMAIL = "transactional-email"
MARKETING_EMAIL = "marketing-email"
CONTENT = "content"
ACCOUNT = "account"
SCOPES = (TRANSACTIONAL_EMAIL, MARKETING_EMAIL, CONTENT, ACCOUNT)

DATED_VERSIONS = ("2025-09", "2026-03", "2026-09")


@dataclass(frozen=True)
class Route:
    """One operation. `scopes`: a key needs any one of them; none: it is public."""

    method: str
    path: str  # API Gateway's notation: {name} is one segment
    operation: str
    function: str  # the Lambda file that serves it
    scopes: tuple[str, ...]
    success: int = 200

    @property
    def key(self) -> str:
        """API Gateway's route key."""
        return f"{self.method} {self.path}"


SINGLE_SEND = tuple(
    Route("POST", path, "single_send", "single_send", scopes)
    for path, scopes in (
        ("/marketing/v3/transactional/single-email/send", (TRANSACTIONAL_EMAIL,)),
        ("/marketing/v4/email/single-send", (TRANSACTIONAL_EMAIL, MARKETING_EMAIL)),
        *((f"/marketing/transactional/{v}/single-email/send", (TRANSACTIONAL_EMAIL,)) for v in DATED_VERSIONS),
        ("/marketing/email-campaigns/2026-03/single-send", (TRANSACTIONAL_EMAIL, MARKETING_EMAIL)),
    )
)
SEND_STATUS = Route(
    "GET",
    "/marketing/v3/email/send-statuses/{statusId}",
    "send_status",
    "single_send",
    (TRANSACTIONAL_EMAIL, MARKETING_EMAIL),
)
CANCEL_SEND = Route("DELETE", SEND_STATUS.path, "cancel_send", "single_send", (TRANSACTIONAL_EMAIL, MARKETING_EMAIL))
STATISTICS_LIST = Route(
    "GET", "/marketing/v3/emails/statistics/list", "statistics_list", "api", (CONTENT, MARKETING_EMAIL)
)

API_KEYS = (
    Route("POST", "/staffetta/v1/api-keys", "create_key", "api", (ACCOUNT,), 201),
    Route("GET", "/staffetta/v1/api-keys", "list_keys", "api", (ACCOUNT,)),
    Route("PATCH", "/staffetta/v1/api-keys/{keyId}", "rename_key", "api", (ACCOUNT,)),
    Route("DELETE", "/staffetta/v1/api-keys/{keyId}", "revoke_key", "api", (ACCOUNT,), 204),
)

OPENAPI = Route("GET", "/openapi.json", "openapi", "api", ())

ROUTES = (*SINGLE_SEND, SEND_STATUS, CANCEL_SEND, STATISTICS_LIST, *API_KEYS, OPENAPI)

# What no route key matches (another spelling of a known path, or an unknown one) goes to the function that knows every route.
DEFAULT_FUNCTION = "api"
