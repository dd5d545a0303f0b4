"""What a pull or a push of a folder would change, and what stands against it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from functions.core.errors import Rejected
from infra.cli.emails.files import FiledEmail, digest
from infra.cli.emails.folder import Folder, StageEmail, pulling, pushing

ONE, TWO, THREE = ({"name": "Receipt", "subject": subject} for subject in ("one", "two", "three"))


def here(document: dict[str, Any], pulled: dict[str, Any] | None = None, **changed: Any) -> FiledEmail:
    given = {"name": "receipt", "id": 7, "pulled": digest(pulled) if pulled else ""}
    return FiledEmail(document=document, **{**given, **changed})


def there(document: dict[str, Any], pushed: dict[str, Any] | None = None, number: int = 7) -> dict[int, StageEmail]:
    mark = {"staffetta": {"pushed": digest(pushed)}} if pushed else {}
    return {number: StageEmail(id=number, version=3, document={**document, **mark})}


@pytest.mark.parametrize(
    ("local", "held", "expected"),
    [
        (here(ONE, ONE), there(ONE), "same"),
        (here(TWO, ONE), there(ONE), "change"),
        (here(TWO, ONE), there(TWO), "same"),
        (here(TWO, ONE), there(THREE), "refused"),
        (here(TWO, ONE), there(THREE, pushed=THREE), "change"),  # an earlier push from another checkout
        (here(TWO, ONE), there(THREE, pushed=ONE), "refused"),  # changed since that push
        (here(TWO), there(ONE), "refused"),
        (here(TWO, ONE), {}, "change"),
        (here(ONE, id=None), {}, "change"),
        (here(ONE, id=None), there(ONE), "same"),
        (here(TWO, id=None), there(ONE), "refused"),
        (here(TWO, id=None), there({**ONE, "name": "Another"}), "change"),
    ],
)
def test_a_push_overwrites_what_was_pulled_or_pushed_and_nothing_else(
    local: FiledEmail, held: dict[int, StageEmail], expected: str
) -> None:
    if expected == "refused":
        with pytest.raises(Rejected, match="receipt: email 7 was changed on the stage"):
            pushing([local], held, force=False)
    else:
        push = pushing([local], held, force=False)
        assert (len(push.changes), len(push.unchanged)) == ((1, 0) if expected == "change" else (0, 1))
    forced = pushing([local], held, force=True)
    assert (len(forced.changes), len(forced.unchanged)) == ((0, 1) if expected == "same" else (1, 0))


@pytest.mark.parametrize(
    ("local", "held", "expected"),
    [
        ([], ONE, "written"),
        ([here(ONE, ONE)], ONE, "same"),
        ([here(ONE, ONE)], TWO, "written"),
        ([here(TWO, ONE)], ONE, "refused"),
        ([here(TWO, ONE)], TWO, "same"),
        ([here(TWO, ONE)], THREE, "refused"),
        ([here(TWO)], ONE, "refused"),
    ],
)
def test_a_pull_overwrites_what_was_pulled_and_nothing_else(
    local: list[FiledEmail], held: dict[str, Any], expected: str
) -> None:
    pull = pulling(local, there(held), force=False)
    counts = {"written": (1, 0, 0), "same": (0, 1, 0), "refused": (0, 0, 1)}
    assert (len(pull.writes), len(pull.unchanged), len(pull.refused)) == counts[expected]
    assert pulling(local, there(held), force=True).refused == []


def test_emails_of_one_name_get_files_of_their_own_and_keep_them() -> None:
    held = {**there(ONE), **there(ONE, number=8)}
    assert [one.name for one in pulling([], held, force=False).writes] == ["receipt", "receipt-2"]
    mine = here(ONE, ONE, name="mine", id=8)
    assert [one.name for one in pulling([mine], held, force=False).writes] == ["receipt"]


def test_what_the_stage_does_not_have_is_told() -> None:
    assert pulling([here(ONE, ONE)], {}, force=False).deleted == ["receipt"]


def test_one_of_several_emails_of_a_name_must_be_named() -> None:
    with pytest.raises(Rejected, match=r"the emails 7, 8 have its name"):
        pushing([here(ONE, id=None)], {**there(ONE), **there(ONE, number=8)}, force=False)


def test_two_files_cannot_be_one_email() -> None:
    both = [here(ONE, ONE), here(TWO, ONE, name="copy")]
    for plan in (pushing, pulling):
        with pytest.raises(Rejected, match=r"copy: has the staffetta\.id of receipt"):
            plan(both, there(ONE), force=True)


def test_a_change_shows_what_differs_by_file() -> None:
    local = here({**TWO, "content": {"html": "<p>\n"}}, ONE)
    (change,) = pushing([local], there(ONE), force=False).changes
    assert change.diff().splitlines() == [
        "--- stage/receipt.html", "+++ here/receipt.html", "@@ -0,0 +1,5 @@", "+---", "+name: Receipt", "+subject: two", "+---", "+<p>",
        "--- stage/receipt.yaml", "+++ here/receipt.yaml", "@@ -1,4 +0,0 @@", "----", "-name: Receipt", "-subject: one", "----",
    ]  # fmt: skip
    assert change.document["staffetta"] == {"pushed": digest(local.document)}


def test_files_that_an_email_has_no_more_go_and_others_stay(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    content = {"mjml": "<mjml/>", "plainTextVersion": "x", "translations": {"de": {"subject": "Hallo"}}}
    folder.write(here({**ONE, "content": content}, ONE))
    (tmp_path / "README.md").write_text("ours")
    (tmp_path / "receipts.html").write_text("---\n---\n")
    folder.write(here({**ONE, "content": {"html": "<p>"}}, ONE))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "receipt.html", "receipts.html"]
    assert {email.name for email in folder.emails()} == {"receipt", "receipts"}


def test_line_ends_stay_as_they_are_and_other_encodings_are_told(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    email = here({**ONE, "content": {"html": "<p>\r\n\r</p>"}}, ONE)
    folder.write(email)
    assert folder.emails() == [email]
    (tmp_path / "receipt.html").write_bytes(b"\xff")
    with pytest.raises(Rejected, match=r"receipt\.html: is not UTF-8"):
        folder.emails()


def test_an_empty_folder_is_one_without_emails(tmp_path: Path) -> None:
    assert Folder(tmp_path / "nothing").emails() == []
    assert Folder(tmp_path).partials() == {}
