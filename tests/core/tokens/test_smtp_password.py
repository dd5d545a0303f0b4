"""SES's derivation of an SMTP password, by published vectors."""

from __future__ import annotations

import pytest

from functions.core.tokens.smtp_password import smtp_password


@pytest.mark.parametrize(
    ("region", "secret", "password"),
    [  # terraform-provider-aws, TestSESSMTPPasswordFromSecretKeySigV4
        ("eu-central-1", "some+secret+key", "BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2"),
        ("eu-central-1", "another+secret+key", "BBbphbrQmrKMx42d1N6+C7VINYEBGI5v9VsZeTxwskfh"),
        ("us-west-1", "some+secret+key", "BH+jbMzper5WwlwUar9E1ySBqHa9whi0GPo+sJ0mVYJj"),
        ("us-west-1", "another+secret+key", "BKVmjjMDFk/qqw8EROW99bjCS65PF8WKvK5bSr4Y6EqF"),
    ],
)
def test_a_password_is_derived_as_ses_does(region: str, secret: str, password: str) -> None:
    assert smtp_password(secret, region) == password
