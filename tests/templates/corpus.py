"""Mails in the shapes that real ones have, and that inlining or a rewriting compiler would spoil. All of them are written for these tests."""

from __future__ import annotations

from functions.core.emails.email import TemplateSyntax

XHTML = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml">'
DOT = "data:image/gif;base64,R0lGODdhAQABAIAAAP8AAP///ywAAAAAAQABAAACAkQBADs="
CUSTOM = {
    "vip": True,
    "on": False,
    "name": "Ada <Lovelace>",
    "code": "4711",
    "url": "https://shop.example/o/7?t=abc",
    "colour": "#064",
    "css": "border:3px solid #064",
    "kind": "note",
    "html": "<p class='note'>From data</p>",
    "items": [
        {"name": "Pen", "price": "$2", "paid": True},
        {"name": "Ink", "price": "$3", "paid": False},
        {"name": "Pad", "price": "$4", "paid": True},
    ],
}


def page(
    style: str, body: str, *, doctype: str = "<!DOCTYPE html>\n<html>", head: str = "", attributes: str = ""
) -> str:
    return f"{doctype}<head><title>Mail</title>{head}<style>\n{style}\n</style></head><body{attributes}>\n{body}\n</body></html>\n"


ROWS = '<table>{% for i in custom.items %}<tr class="{% if i.paid %}paid{% endif %}"><td>{{ i.name }}</td><td>{{ i.price }}</td></tr>{% endfor %}</table>'

HTML: dict[str, str] = {
    "conditional-class": page(".hide{display:none} p{display:block;margin:9px}", '<p class="{% if custom.on %}x{% else %}hide{% endif %}">Hidden</p><p>Shown to {{ custom.name }}</p>'),
    "paid-rows": page("td{color:#a00;padding:4px} .paid td{color:#080}", ROWS),
    "conditional-attribute": page("td{background:#eee} .paid{background:#cfc}", "<table>{% for i in custom.items %}<tr><td {% if i.paid %}class='paid'{% endif %}>{{ i.name }}</td></tr>{% endfor %}</table>"),
    "first-of-a-loop": page("li{color:#00a} li:first-child{font-weight:bold}", "<ul>{% for i in custom.items %}<li>{{ i.name }}</li>{% endfor %}</ul>"),
    "last-by-condition": page("li:last-child{color:#a0a}", "<ul><li>One</li>{% if custom.vip %}<li>Two</li>{% endif %}</ul><ul><li>One</li>{% if custom.on %}<li>Two</li>{% endif %}</ul>"),
    "striped-rows": page("tr:nth-child(even){background:#ddd} td{padding:6px}", ROWS),
    "print-sheet": page("p{margin:8px}", "<p class=screen>Your code is {{ custom.code }}</p>", head="<style media='print'>.screen{display:none}</style>"),
    "dark-sheet": page("body{background:#fff;color:#111}", "<p>Light or dark</p>", head="<style media='(prefers-color-scheme: dark)'>body{background:#111;color:#eee}</style>"),
    "dark-rules": page("body{background:#fff} .card{background:#eee;color:#111;padding:20px} @media (prefers-color-scheme:dark){body{background:#000!important} .card{background:#333!important;color:#fff!important}}", "<div class=card>Card</div>"),
    "phone-sheet": page(".desk{color:#00a}", "<p class=desk>On a desk</p><p class=phone>On a phone</p>", head="<style media='only screen and (max-width:480px)'>.desk{display:none}</style>"),
    "media-without-important": page(".box{width:400px;background:#fc0;padding:10px} @media (max-width:480px){.box{width:100px}}", "<div class=box>Box</div>"),
    "media-with-important": page(".box{width:400px;background:#fc0} @media (max-width:480px){.box{width:100px!important}}", "<div class=box>Box</div>"),
    "linked-font": page("p{font-family:Lato,serif}", "<p>Lato or serif</p>", head='<link rel="stylesheet" href="https://fonts.invalid/css?family=Lato">'),
    "imported-font": page("@import url(https://fonts.invalid/css?family=Lato);\np{font-family:Lato,serif}", "<p>Lato or serif</p>"),
    "style-with-a-condition": page("p{margin:4px;color:#333}", '<p style="padding:4px; {% if custom.on %}display:none;{% endif %}">Padded</p><p style="{% if custom.vip %}color:#a00;{% endif %}">Red</p>'),
    "style-from-data": page("p{margin:4px}", '<p style="{{ custom.css }}">Framed</p><p style="color:{{ custom.colour }};{{ custom.css }}">Green</p>'),
    "style-with-errors": page("p{margin:4px;color:#333}", '<p style="bold">One</p><p style="{color:red}">Two</p><p style="">Three</p><p style=color:blue>Four</p>'),
    "condition-in-a-tag": page("p{color:#00a}", "<p {% if custom.vip %}title='VIP' align=\"center\"{% endif %}>Centred</p><p {% if custom.on %}style='color:red'{% endif %}>Blue</p>"),
    "rows-of-a-macro": page("td{border:1px solid #999;padding:3px}", "{% macro row(a, b) %}<tr><td>{{ a }}</td><td>{{ b }}</td></tr>{% endmacro %}<table>{{ row('Total', '$9') }}{{ row('Tax', '$1') }}</table>"),
    "set-before-the-doctype": "{% set greeting %}<b>Hi {{ custom.name }}</b>{% endset %}" + page("b{color:#a00}", "<p>{{ greeting }}</p>"),
    "fragment-of-a-loop": "{% for i in custom.items %}<p>{{ i.name }}</p>{% endfor %}",
    "fragment-of-a-condition": "{% if custom.vip %}<h1>VIP</h1>{% endif %}<p>Hello</p>",
    "data-in-addresses": page("a{color:#060}", "<a href='{{ custom.url }}'>Order</a> <a href='https://shop.example/{{ custom.code }}?x={{ custom.name|urlencode }}'>Code</a><img src='https://shop.invalid/{{ custom.code }}.png' alt='{{ custom.name }}' width=40 height=40><!-- {{ custom.code }} -->"),
    "image-in-a-cell": page("td{padding:0;background:#ccc}", f"<table cellspacing='0'><tr><td><img src='{DOT}' width='30' height='30' /></td></tr><tr><td><img src='{DOT}' width='30' height='30' /></td></tr></table>", doctype=XHTML),
    "outlook-button": page(".b{background:#06c;color:#fff;padding:10px 20px;display:inline-block}", "<!--[if mso]><v:roundrect xmlns:v='urn:schemas-microsoft-com:vml' fill=\"t\" style='width:200px'><center class='b'>Go</center></v:roundrect><![endif]--><![if !mso]><a class=b href='https://shop.example/'>Go</a><![endif]>"),
    "ghost-tables": page(".col{display:inline-block;width:280px;vertical-align:top} table,td{mso-table-lspace:0pt}", "<!--[if mso | IE]><table><tr><td width='280'><![endif]--><div class=col>Left</div><!--[if mso | IE]></td><td width='280'><![endif]--><div class=col>Right</div><!--[if mso | IE]></td></tr></table><![endif]-->"),
    "double-attributes": page(".a{color:#a00} .b{font-weight:bold}", '<p class="a" class="b" title=1 TITLE=2>Red, not bold</p>'),
    "entities": page("p{letter-spacing:1px}", "<p>&nbsp;&amp;&copy;&#8212;&eacute; é &lt;b&gt; &notanentity; AT&T</p>"),
    "upper-case": "<HTML><HEAD><TITLE>X</TITLE><STYLE TYPE='text/css'>P{COLOR:#A00}</STYLE></HEAD><BODY BGCOLOR=#EEEEEE><CENTER><P>Red<BR>line</P></CENTER></BODY></HTML>",
    "self-closing": page("div{padding:5px} hr{border-color:#0a0}", "<br/><hr /><div />Within<p/>Too", doctype=XHTML),
    "quirks": "<style>.Note{color:#a00} td{font-size:20px}</style><table class=note><tr><td>No doctype</table><p class=Note>Note",
    "boilerplate": page("#outlook a{padding:0} .ExternalClass,.ExternalClass p{line-height:100%} body{margin:0;padding:0;-webkit-text-size-adjust:100%} table,td{border-collapse:collapse} img{border:0;display:block} u + .body .gmail{min-width:100vw}", f"<table width='100%' id=bodyTable><tr><td align=center><img src='{DOT}' width=50 height=20 alt=''><p>Text</p></td></tr></table>", doctype=XHTML),
    "hovered-link": page("a{color:#06c;text-decoration:none} a:hover{color:#c06} a.b:visited{color:#333}", "<a class=b href='https://shop.example/'>Link</a>"),
    "importance": page("p{color:#a00!important;margin:3px} .x{color:#00a} p.x{background:#ff0}", "<p class=x style='color:#0a0'>Red</p><p style='color:#0a0!important'>Green</p>"),
    "shorthands": page(".a{margin:20px;font:bold 20px serif} p{margin-left:0;line-height:3} .b{padding-top:9px} div p{padding:1px}", "<div><p class='a b'>One</p><p class='b'>Two</p></div>"),
    "descendants": page("table td p{color:#00a} #main > tbody > tr > td{padding:12px} h1 + p{font-style:italic} h1 ~ p{margin:2px} td p:not(.x){text-decoration:underline}", "<table id=main><tr><td><h1>T</h1><p>One</p><p class=x>Two</p></td></tr></table>"),
    "attribute-selectors": page("a[href^='https']{color:#080} td[align=center]{background:#eee} [title]{font-weight:bold} div[style*='margin: 16px 0']{margin:0!important}", "<a href='https://shop.example/' title=x>A</a><table><tr><td align='center'>C</td></tr></table><div style='margin: 16px 0'>D</div>"),
    "hidden-preheader": page(".pre{max-height:0;overflow:hidden;font-size:1px}", "<div class=pre>Your code is inside &#847;&zwnj;&nbsp;</div><p>Code: {{ custom.code }}</p>"),
    "arabic": page("p{margin:6px;font-size:18px}", "<p>مرحبا {{ custom.name }}</p><p>الإجمالي: 4711</p>", doctype='<!DOCTYPE html>\n<html lang="ar" dir="rtl">'),
    "japanese": page("p{line-height:1.8}", "<p>ご注文ありがとうございます。　番号{{ custom.code }}</p><p>नमस्ते ❤️</p>", doctype='<!DOCTYPE html>\n<html lang="ja">'),
    "receipt": page("h1{font-size:22px} table{width:100%} th{text-align:left} td.n{text-align:right} tfoot td{border-top:1px solid #333}", "<h1>Thank you</h1><table><thead><tr><th>Item<th>Price</tr></thead><tbody>{% for i in custom.items %}<tr><td>{{ i.name }}<td class=n>{{ i.price }}</tr>{% endfor %}</tbody><tfoot><tr><td>Total<td class=n>$9</tr></tfoot></table>"),
    "lists-and-code": page("ol{color:#00a} pre{background:#eee}", "<ol><li>One<li><p>Two</p>{% for i in custom.items %}<li>{{ i.name }}{% endfor %}</ol><ul><li>A<ul><li>B</ul></ul><pre>let x = 1\n  y = {{ custom.code }}</pre>"),
    "branches-that-open": page(".x{background:#cfc} .y{background:#fcc} .x p{color:#a00}", "{% if custom.vip %}<div class=x>{% else %}<div class=y>{% endif %}<p>Red on green</p></div>"),
    "tag-in-branches": page("p{color:#00a}", "<p {% if custom.vip %}class='a'>{% else %}class='b'>{% endif %}Text</p>"),
    "brand-colour": page('a{color: {{ custom.colour }} } h1{color:{{ custom.missing|default("#900") }};margin:0}', "<h1>Title</h1><a href='https://shop.example/'>Link</a>"),
    "sheet-with-a-condition": page("p{margin:9px} {% if custom.vip %}p{color:#a00}{% endif %}", "<p>Red</p>"),
    "markup-from-data": page("p{color:#00a} .note{background:#ff9}", "<p>Own</p>{{ custom.html|safe }}"),
    "class-from-data": page(".note{background:#ff9} p{background:#eee;padding:4px}", '<p class="{{ custom.kind }}">Yellow</p><p class="plain">Grey</p>'),
    "two-columns": page(".c{vertical-align:top;padding:8px} h2{margin:0}", "<table><tr><td class=c><h2>Left</h2><p>One</p></td><td class=c><h2>Right</h2><p>Two</p></td></tr></table><a href='https://x.example/a'>home</a><a href='https://x.example/b'>blog</a>"),
    "unclosed": page("li{color:#a00} p+p{margin-top:30px} td{padding:2px}", "<p>One<p>Two<ul><li>A<li>B</ul><table><tr><td>1<td>2<tr><td>3</table>"),
}  # fmt: skip

MJML: dict[str, str] = {
    "mjml-parts": "<mjml><mj-head><mj-style>.big{font-size:30px} .big:hover{color:red}</mj-style><mj-style inline='inline'>.red{color:#a00}</mj-style></mj-head><mj-body><mj-wrapper><mj-section><mj-column><mj-text css-class='x'><p class='big'>A</p><P class=red>B<br>{% for i in custom.items %}{{ i.name }} {% endfor %}</mj-text><mj-button href='{{ custom.url }}'>Go</mj-button><mj-table><tr><td>{{ custom.code }}</td></tr></mj-table></mj-column></mj-section></mj-wrapper></mj-body></mjml>",
    "mjml-social": "<mjml><mj-body><mj-section><mj-column><mj-social><mj-social-element name='github' href='https://x.example/'>Us</mj-social-element></mj-social><mj-navbar><mj-navbar-link href='https://x.example/a'>A &amp; é</mj-navbar-link></mj-navbar><mj-image src='https://x.invalid/a.png' alt='10\u00a0kg नमस्ते' /></mj-column></mj-section></mj-body></mjml>",
}  # fmt: skip

SOURCES = {**dict.fromkeys(HTML, TemplateSyntax.HTML), **dict.fromkeys(MJML, TemplateSyntax.MJML)}
TEXTS = {**HTML, **MJML}
