from __future__ import annotations

import pytest

from functions.core.emails.email import EmailBody
from functions.core.templates.checking import secret_hints
from tests.support.growth import is_linear


@pytest.mark.parametrize(
    "name",
    ["code", "otp", "login_code", "resetUrl", "invite_url", "magic_link", "token", "user.api_key", "password", "download_url"],
)  # fmt: skip
def test_a_property_that_looks_like_a_secret_is_found(name: str) -> None:
    for content in (
        EmailBody(f"{{{{ custom.{name} }}}}", "", ""),
        EmailBody("", f"<p>{{{{ personalization_token('custom.{name}') }}}}", ""),
        EmailBody("", "", f"{{% set x = custom.{name} %}}{{{{ x }}}}"),
    ):
        assert list(secret_hints.properties(content)) == [f"custom.{name}"]


@pytest.mark.parametrize(
    "name",
    ["order_number", "discount_code", "voucher.code", "country_code", "tracking_url", "order_url", "codes", "spinning", "tokens_left"],
)  # fmt: skip
def test_an_ordinary_property_is_no_secret(name: str) -> None:
    content = EmailBody(f"{{{{ custom.{name} }}}}", f"{{{{ custom.{name} }}}}", f"{{{{ custom.{name} }}}}")
    assert list(secret_hints.properties(content)) == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://acme.example/x?token={{ custom.t }}", True),
        ("https://acme.example/x?a=1&amp;access_token={{ custom.t }}", True),
        ("https://acme.example/x#code={{ custom.t }}", True),
        ("https://acme.example/reset/{{ custom.t }}", True),
        ("https://acme.example/invitations/{{ custom.t }}?a=1", True),
        ("https://acme.example/verify?u={{ custom.u }}", True),
        ("https://acme.example/{{ custom.a }}?token={{ custom.t }}", True),
        ("https://acme.example/x?token=fixed", False),
        ("https://acme.example/x?token=fixed&a={{ custom.t }}", False),
        ("https://acme.example/reset {{ custom.t }}", False),
        ("https://acme.example/orders/{{ custom.order }}", False),
        ("https://acme.example/presets/{{ custom.t }}", False),
        ("https://acme.example/?promo_code={{ custom.t }}", False),
        ("https://acme.example/reset", False),
        ("{{ unsubscribe_link }}", False),
    ],
)
def test_a_link_with_a_secret_is_recognised_by_its_place(address: str, expected: bool) -> None:
    assert secret_hints.is_secret_link(address) is expected


@pytest.mark.parametrize("piece", ["?auth=", "/verify/", "{{ x }}", "?a"])
def test_a_long_address_takes_no_longer_than_others(piece: str) -> None:
    assert is_linear(secret_hints.is_secret_link, piece)
