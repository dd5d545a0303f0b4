"""The messages of errors that `make texts` collects: each as a text with names for its values."""

from __future__ import annotations

import pytest

from infra.reference.python_texts import error_texts


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('FieldError("name", "must be one line")', ["must be one line"]),
        ('raise NotFound(f"there is no email {email_id}")', ["there is no email %(email_id)s"]),
        (
            'Conflict(f"has {len(parts):,} parts, not {MOST}")',
            ["has %(count)s parts, not %(most)s"],
        ),
        ('errors.add(where, f"{a.name!r} and {b.name!r} differ")', ["%(name)s and %(name_2)s differ"]),
        ('Conflict(f"{a} is in {a} too")', ["%(a)s is in %(a)s too"]),
        ("Conflict(f\"the {'old ' if old else ''}name is taken\")", ["the old name is taken", "the name is taken"]),
        ('message = f"{size} bytes" + (" are stored" if x else "")', ["%(size)s bytes are stored"]),
        ('def f(): return f"there is no partial {name}"', ["there is no partial %(name)s"]),
        ('replace(one, reason="the email was archived")', ["the email was archived"]),
        ('Rejected([FieldError("body", "100 % of it is empty", "TOO_LARGE")])', ["100 %% of it is empty"]),
        ('DnsAnswer(error="not reached in time")', ["not reached in time"]),
        ('ended(run, now, step.reason or "came to the end")', ["came to the end"]),
        ('log("must be one line")', []),
        ('FieldError(f"{path}.operation.lowerBound", message)', []),
        ('Conflict(f"{name} {error}")', []),
        ('yield _Warning("AMP", f"is AMP {name}")', ["is AMP %(name)s"]),
        ('def f(): return "NO_EFFECT", f"has no effect in {name}"', ["has no effect in %(name)s"]),
        ('def f(): return {"UpdateExpression": "ADD emails :email"}', []),
        ("raise ValueError", []),
    ],
)
def test_a_message_is_a_text_with_names_for_its_values(source: str, texts: list[str]) -> None:
    assert [text for _, text in error_texts(source)] == texts
