"""The one mail of the bench: a receipt with 20 lines, some 11 KB of HTML and 2 KB of text. Jinja2 and Django read the templates alike."""

from __future__ import annotations

from typing import Any

LINES = 20
SUBJECT = "Your order {{ custom.order }}"

_STYLE = "padding:8px 16px;font-family:Helvetica,Arial,sans-serif;font-size:14px;line-height:20px;color:#1c1e21"
HTML = f"""<!doctype html><html><head><meta charset="utf-8"><title>Your order</title></head><body style="margin:0;background:#f4f5f7">
<table role="presentation" width="600" align="center"><tr><td style="{_STYLE}"><h1>Thank you, {{{{ contact.firstname }}}}</h1>
<p>Order <a href="https://shop.example.com/orders/{{{{ custom.order }}}}">{{{{ custom.order }}}}</a> is on its way.</p></td></tr>
{{% for line in custom.lines %}}<tr><td style="{_STYLE}"><a href="https://shop.example.com/p/{{{{ line.id }}}}">{{{{ line.name }}}}</a>
<a href="https://shop.example.com/p/{{{{ line.id }}}}/review">Review</a></td><td align="right" style="{_STYLE}">{{{{ line.price }}}}</td></tr>
{{% endfor %}}<tr><td style="{_STYLE}">Total</td><td align="right" style="{_STYLE}">{{{{ custom.total }}}}</td></tr></table></body></html>"""
TEXT = """Thank you, {{ contact.firstname }}

Order {{ custom.order }} is on its way: https://shop.example.com/orders/{{ custom.order }}

{% for line in custom.lines %}{{ line.name }}   {{ line.price }}
    https://shop.example.com/p/{{ line.id }}
{% endfor %}
Total   {{ custom.total }}
"""

CONTACT = {"firstname": "Zoë", "lastname": "Gruber"}
CUSTOM: dict[str, Any] = {
    "order": "A-1042",
    "total": "EUR 1,042.00",
    "lines": [
        {"id": f"sku-{number:06}", "name": f"Café crème & spoon, set of {number}", "price": f"EUR {number}.50"}
        for number in range(1, LINES + 1)
    ],
}


_MATERIALS = ["Oak", "Linen", "Copper", "Amber", "Cedar", "Slate", "Ivory", "Willow", "Marble", "Velvet"]
_THINGS = ["chair", "teapot", "lantern", "cushion", "mirror", "basket", "blanket", "candle", "vase", "clock"]
_PRIMES = 7919, 104_729  # spread the products of an order over all


def order(number: int) -> dict[str, Any]:
    """Returns the properties of one of many orders: each has products and prices of its own."""
    lines = []
    for line in range(LINES):
        product = (number * _PRIMES[0] + line * _PRIMES[1]) % 1_000_003
        name = f"{_MATERIALS[product % 10]} {_THINGS[product // 10 % 10]} no. {product % 977}"
        lines.append({"id": f"sku-{product:07}", "name": name, "price": f"EUR {product % 9973 / 100:.2f}"})
    return {"order": f"A-{number * _PRIMES[0] % 1_000_003}", "total": f"EUR {number % 2000 + 17}.50", "lines": lines}


def request(number: int) -> dict[str, Any]:
    """The body of the API request."""
    return {
        "emailId": 7,
        "message": {"to": f"customer-{number}@example.net", "sendId": f"order-{number}"},
        "contactProperties": CONTACT,
        "customProperties": order(number),
    }
