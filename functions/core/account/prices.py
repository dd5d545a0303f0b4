"""What a mail costs at SES: the single page of its prices, in US dollars. Source: AWS's price list for us-east-1 (July 2026), à la carte
plan; the managed pool's by SES's price page (September 2026). Accounts on another plan, in another region, or of more than ten million
mails a month pay other prices.
"""

from __future__ import annotations

from functions.core.sending.send import Message, State

PER_MAIL = 0.10 / 1000
PER_ATTACHED_BYTE = 0.12 / 10**9
# The addresses that it is sent from, where they cost by the mail. A standard pool costs $24.95 a month for each address, a managed one
# $15 a month beside this.
PER_MAIL_FROM = {"managed": 0.08 / 1000, "standard": 0.0, "shared": 0.0}


def of(message: Message, ip_pool: str) -> dict[str, float]:
    """The price of each part that has one; nothing for what SES did not take. SES charges for a mail that bounces like for any other."""
    if message.state is not State.SENT:
        return {}
    parts = {
        "mail": PER_MAIL,
        "dedicatedIp": PER_MAIL_FROM[ip_pool],
        "attachments": message.attached * PER_ATTACHED_BYTE,
    }
    return {name: round(price, 9) for name, price in parts.items() if price}
