"""Ten mails whose text part is compared: the lines that a person needs, and words that should not appear."""

from __future__ import annotations

from msgspec import Struct

_PREHEADER = '<div style="display:none;max-height:0;overflow:hidden">{}&#847;&zwnj;&nbsp;&#847;&zwnj;&nbsp;</div>'


class TextMail(Struct, frozen=True):
    html: str  # a template
    lines: tuple[str, ...]  # each is a line of the text, in this order
    absent: tuple[str, ...] = ()


MAILS: dict[str, TextMail] = {
    "receipt": TextMail(
        _PREHEADER.format("PREHEADER")
        + "<h1>{{ custom.title }}</h1><p>{{ custom.intro }}</p><table><thead><tr><th>Item</th><th>Amount</th></tr></thead><tbody>{% for i in custom.items %}<tr><td>{{ i.name }}</td><td>{{ i.price }}</td></tr>{% endfor %}</tbody><tr><td>Total</td><td>$9</td></tr></table>",
        ("Your order", "Thank you.", "Item Amount", "Pen $2", "Ink $3", "Total $9"),
        ("PREHEADER", "\u034f", "\u200c"),
    ),
    "button": TextMail(
        "<style>.hide{display:none}</style><p>Confirm your address:</p><!--[if mso]><v:roundrect href='https://shop.example/{{ custom.code }}'><center>OUTLOOK</center></v:roundrect><![endif]--><table role=presentation><tr><td bgcolor='#0066cc'><a href='https://shop.example/{{ custom.code }}'><b>Confirm</b></a></td></tr></table><p class=hide>HIDDEN</p><p>It works for a day.</p>",
        ("Confirm your address:", "Confirm (https://shop.example/4711)", "It works for a day."),
        ("OUTLOOK", "HIDDEN"),
    ),
    "steps": TextMail(
        "<h2>Three steps</h2><ol><li>Open the box</li><li><p>Find the code</p></li>{% for i in custom.items %}<li>Add {{ i.name }}</li>{% endfor %}</ol><p>Done.</p>",
        ("Three steps", "1. Open the box", "2. Find the code", "3. Add Pen", "4. Add Ink", "Done."),
    ),
    "code": TextMail(
        "<p>Run this:</p><pre>make setup\n  make run\n\ncurl {{ custom.url }}</pre><p>Then <code>make test</code>.</p>",
        ("Run this:", "make setup", "  make run", "curl https://shop.example/o/7", "Then make test."),
        ("`",),
    ),
    "footer": TextMail(
        "<p>Hello *Ada*, this is #1 of 2_000.</p><div><a href='https://x.example/home'>Home</a><a href='https://x.example/blog'>Blog</a></div><p style='font-size:0'>TINY</p><p>18 Harbour Lane<br>Dublin</p>",
        ("Hello *Ada*, this is #1 of 2_000.", "Home (https://x.example/home) Blog (https://x.example/blog)", "18 Harbour Lane", "Dublin"),
        ("TINY", "\\"),
    ),
    "pictures": TextMail(
        "<a href='https://x.example/'><img src='https://x.example/logo.png' alt='Acme'></a><p>New pens <img src='https://x.example/pen.png' alt=''> are here.</p><img src='https://x.example/track.gif' width=1 height=1>",
        ("Acme (https://x.example/)", "New pens are here."),
        ("logo.png", "pen.png", "track.gif"),
    ),
    "nested-lists": TextMail(
        "<ul><li>Fruit<ul><li>Apple</li><li>Pear</li></ul></li><li>{{ custom.title }}</li></ul><dl><dt>Colour</dt><dd>Green</dd></dl>",
        ("- Fruit", "  - Apple", "  - Pear", "- Your order", "Colour", "Green"),
    ),
    "columns": TextMail(
        "<table><tr><td><h2>Left</h2><p>One two.</p></td><td><h2>Right</h2><p>Three four.</p></td></tr></table><blockquote>{{ custom.intro }}</blockquote>",
        ("Left", "One two.", "Right", "Three four.", "> Thank you."),
    ),
    "conditions": TextMail(
        "{% if custom.vip %}<h1>{{ custom.title }}</h1>{% else %}<p>NOT VIP</p>{% endif %}<p>Dear {{ custom.name }},</p><p>your code is <b>{{ custom.code }}</b>.<br>Do not share it.</p><p hidden>HIDDEN</p>",
        ("Your order", "Dear Ada <Lovelace>,", "your code is 4711.", "Do not share it."),
        ("NOT VIP", "HIDDEN"),
    ),
    "facts": TextMail(
        "<table role=presentation><tr><th>Order</th><td>{{ custom.code }}</td></tr><tr><th>Date</th><td>1 March</td></tr></table><hr><p>Questions? <a href='mailto:help@x.example'>help@x.example</a> or <a href='https://x.example/help'>https://x.example/help</a></p><div style='max-height:0;overflow:hidden'>PREHEADER</div>",
        ("Order 4711", "Date 1 March", "Questions? help@x.example or https://x.example/help"),
        ("PREHEADER", "mailto:"),
    ),
}  # fmt: skip
CUSTOM = {
    "title": "Your order",
    "intro": "Thank you.",
    "name": "Ada <Lovelace>",
    "code": "4711",
    "url": "https://shop.example/o/7",
    "vip": True,
    "items": [{"name": "Pen", "price": "$2"}, {"name": "Ink", "price": "$3"}],
}
