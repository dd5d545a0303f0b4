"""The price of a mail at SES, in US dollars. Every price is on this page. Source: AWS's price list for us-east-1 (July 2026), à la carte
plan; the managed pool's by SES's price page (September 2026). Accounts on another plan, in another region, or with more than ten million
mails a month pay other prices.
"""

from __future__ import annotations

from functions.core.sending.send import Message, State

PER_MAIL = 0.10 / 1000
PER_ATTACHED_BYTE = 0.12 / 10**9
# IP pools that charge by the mail. A standard pool costs $24.95 a month for each address, a managed one $15 a month besides.
PER_MAIL_FROM = {"managed": 0.08 / 1000, "standard": 0.0, "shared": 0.0}


def of(message: Message, ip_pool: str) -> dict[str, float]:
    """Returns the price of each part. A mail that SES did not accept is free. SES charges for bounced mail as for any other."""
    if message.state is not State.SENT:
        return {}
    parts = {
        "mail": PER_MAIL,
        "dedicatedIp": PER_MAIL_FROM[ip_pool],
        "attachments": message.attached * PER_ATTACHED_BYTE,
    }
    return {name: round(price, 9) for name, price in parts.items() if price}
