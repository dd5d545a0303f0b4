"""Documents for the tests of blocks: the starters, the corpus, and random ones that mix what an editor understands with what it does not."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from functions.core.emails.email import TemplateSyntax
from functions.core.templates.blocks.tree import area_levels, opened
from tests.templates.corpus import SOURCES, TEXTS

ROOT = Path(__file__).parents[4]
LAYOUT = (ROOT / "templates/email/_partials/layout.mjml").read_text("utf-8")
LEVELS = area_levels(opened(LAYOUT), LAYOUT)
STARTERS = {path.parent.name: path.read_text("utf-8") for path in sorted(ROOT.glob("templates/email/*/email.mjml"))}
CORPUS = {
    **{f"starter-{name}": text for name, text in STARTERS.items()},
    **{path.stem: path.read_text("utf-8") for path in sorted((ROOT / "tests/templates/mjml").glob("*.mjml"))},
    **{path.name: path.read_text("utf-8") for path in sorted((ROOT / "templates/email/_partials").glob("[ils]*.mjml"))},
    **{name: text for name, text in TEXTS.items() if SOURCES[name] is TemplateSyntax.MJML},
}
HTML = {name: text for name, text in TEXTS.items() if SOURCES[name] is TemplateSyntax.HTML}

_words = st.sampled_from(
    [
        *[
            "Hello",
            " there",
            "&amp;",
            "&nbsp;",
            "<br />",
            "<b>bold</b>",
            "<i class=x>it</i>",
            "<a href='{{ custom.url }}'>link</a>",
        ],
        *[
            "{{ contact.firstname|default('you') }}",
            "{{ custom.total }}",
            "{# note #}",
            "{% if custom.a %}<u>a</u>{% endif %}",
        ],
        *[
            "<!-- c -->",
            '<span style="color: #a00">red</span>',
            "<img src=x alt=y>",
            "{{ '<' }}",
            "\r\n  ",
            " ",
            "é漢🙂",
        ],
    ]
)
_line = st.lists(_words, min_size=1, max_size=5).map("".join)
_paragraph = st.one_of(
    _line,
    _line.map(lambda text: f"<p>{text}</p>"),
    _line.map(lambda text: f'<h2 class="t">{text}</h2>'),
    _line.map(lambda text: f"<ul>\n <li>{text}</li><li><p>{text}</p></li></ul>"),
    st.sampled_from(
        ["<table><tr><td>x</td></tr></table>", "{% for a in custom.l %}<p>{{ a }}</p>{% endfor %}", "<hr>"]
    ),
)
_content = st.one_of(
    st.lists(_paragraph, max_size=3).map(lambda parts: f"<mj-text padding='4px'>{chr(10).join(parts)}</mj-text>"),
    _line.map(lambda text: f'<mj-button href="https://example.com/?a=1&amp;b={{{{ custom.id }}}}">{text}</mj-button>'),
    _line.map(
        lambda text: (
            f"<mj-table>{{% for i in custom.items %}}<tr><td>{text}</td></tr>{{% endfor %}}<tr><th>{text}</th></tr></mj-table>"
        )
    ),
    st.sampled_from(
        [
            *[
                "<mj-image src='a.png' />",
                "<mj-divider></mj-divider>",
                "<mj-spacer/>",
                "{% set x = 1 %}",
                "<!-- {{ x }} -->",
            ],
            *[
                "<mj-raw><div>{{ x }}</div></mj-raw>",
                '{% include "items" %}',
                "<mj-social><mj-social-element name='x'/></mj-social>",
            ],
            *[
                "{% raw %}{{ x }}{% endraw %}",
                "{% macro m() %}<mj-text>m</mj-text>{% endmacro %}",
                "<mj-accordion></mj-accordion>",
            ],
        ]
    ),
)
_wrapped = st.tuples(
    _content,
    st.sampled_from(
        [
            *[
                "%s",
                "\n    %s",
                "\r\n\t%s",
                "{%% if custom.a %%}%s{%% endif %%}",
                "{%%- for x in custom.l -%%}\n%s\n{%%- endfor %%}",
            ],
            *[
                "{%% if a %%}%s{%% elif b > 2 %%}<mj-text>b</mj-text>{%% else %%}{%% endif %%}",
                "{%% unless a %%}%s{%% endunless %%}",
            ],
        ]
    ),
).map(lambda pair: pair[1] % pair[0])
_columns = st.lists(_wrapped, max_size=4).map(lambda parts: "<mj-column>" + "\n  ".join(parts) + "\n</mj-column>")
_sections = st.lists(_columns, min_size=1, max_size=2).map(lambda parts: f"\n<mj-section>{''.join(parts)}</mj-section>")
documents = st.lists(_sections, min_size=1, max_size=2).map(
    lambda parts: f"<mjml><mj-head></mj-head>\n<mj-body>{''.join(parts)}</mj-body></mjml>\n"
)
