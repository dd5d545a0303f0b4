"""The changes of a pull or a push of a folder, and what refuses them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from functions.core.errors import Rejected
from infra.cli.emails.files import FiledEmail, digest
from infra.cli.emails.folder import Folder, StageEmail, pulling, pushing

ONE, TWO, THREE = ({"name": "Receipt", "subject": subject} for subject in ("one", "two", "three"))


def here(document: dict[str, Any], pulled: dict[str, Any] | None = None, **changed: Any) -> FiledEmail:
    values = {"name": "receipt", "id": 7, "pulled": digest(pulled) if pulled else ""}
    return FiledEmail(document=document, **{**values, **changed})


def there(document: dict[str, Any], pushed: dict[str, Any] | None = None, number: int = 7) -> dict[int, StageEmail]:
    marker = {"staffetta": {"pushed": digest(pushed)}} if pushed else {}
    return {number: StageEmail(id=number, version=3, document={**document, **marker})}


@pytest.mark.parametrize(
    ("local", "stage_emails", "expected"),
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
def test_a_push_overwrites_only_what_was_pulled_or_pushed(
    local: FiledEmail, stage_emails: dict[int, StageEmail], expected: str
) -> None:
    if expected == "refused":
        with pytest.raises(Rejected, match="receipt: email 7 was changed on the stage"):
            pushing([local], stage_emails, force=False)
    else:
        push = pushing([local], stage_emails, force=False)
        assert (len(push.changes), len(push.unchanged)) == ((1, 0) if expected == "change" else (0, 1))
    forced = pushing([local], stage_emails, force=True)
    assert (len(forced.changes), len(forced.unchanged)) == ((0, 1) if expected == "same" else (1, 0))


@pytest.mark.parametrize(
    ("local", "stage_emails", "expected"),
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
    local: list[FiledEmail], stage_emails: dict[str, Any], expected: str
) -> None:
    pull = pulling(local, there(stage_emails), force=False)
    counts = {"written": (1, 0, 0), "same": (0, 1, 0), "refused": (0, 0, 1)}
    assert (len(pull.writes), len(pull.unchanged), len(pull.refused)) == counts[expected]
    assert pulling(local, there(stage_emails), force=True).refused == []


def test_emails_of_one_name_keep_files_of_their_own() -> None:
    stored = {**there(ONE), **there(ONE, number=8)}
    assert [one.name for one in pulling([], stored, force=False).writes] == ["receipt", "receipt-2"]
    mine = here(ONE, ONE, name="mine", id=8)
    assert [one.name for one in pulling([mine], stored, force=False).writes] == ["receipt"]


def test_an_email_missing_on_the_stage_is_reported() -> None:
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


def test_files_that_an_email_no_longer_has_are_removed(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    content = {"mjml": "<mjml/>", "plainTextVersion": "x", "translations": {"de": {"subject": "Hallo"}}}
    folder.write(here({**ONE, "content": content}, ONE))
    (tmp_path / "README.md").write_text("ours")
    (tmp_path / "receipts.html").write_text("---\n---\n")
    folder.write(here({**ONE, "content": {"html": "<p>"}}, ONE))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "receipt.html", "receipts.html"]
    assert {email.name for email in folder.emails()} == {"receipt", "receipts"}


def test_line_ends_stay_and_other_encodings_are_refused(tmp_path: Path) -> None:
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


def test_emails_in_sub_folders_are_read_written_and_stamped(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (tmp_path / "v1.2" / "shop").mkdir(parents=True)
    (tmp_path / "_partials").mkdir()
    (tmp_path / "_partials" / "footer.html").write_text("not an email")
    (tmp_path / "v1.2" / "shop" / "receipt.html").write_text("---\nname: Receipt\nsubjekt: one\n---\n<p>")
    (email,) = folder.emails()
    assert (email.name, email.document["subjekt"]) == ("v1.2/shop/receipt", "one")
    folder.stamp(email.name, 7, "digest")
    (stamped,) = folder.emails()
    assert (stamped.id, stamped.pulled) == (7, "digest")
    folder.write(FiledEmail(name=email.name, document={"name": "Receipt", "content": {"mjml": "<mjml>"}}, id=7))
    assert [path.name for path in (tmp_path / "v1.2" / "shop").iterdir()] == ["receipt.mjml"]


def test_an_unreadable_file_in_a_sub_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "receipt.html").write_text("no front matter")
    with pytest.raises(Rejected, match=r"shop/receipt\.html: does not begin with a front matter"):
        Folder(tmp_path).emails()
