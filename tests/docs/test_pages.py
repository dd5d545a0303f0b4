"""What holds for every page without a running service: size, links, names. The blocks run in tests/end_to_end/test_docs.py."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from functions.core.automations import checking as automations
from functions.core.templates.hubl import checking, language
from functions.routes import openapi
from functions.routes.table import ROUTES
from infra import ROOT, config
from infra.reference import hubl, mjml, settings
from tests.support.cli import command
from tests.support.http import documentation
from tests.support.http.documentation import DOCS, README, Block

README_MAX_BYTES = 8 * 1024
LANGUAGES = {
    "sh": {"", "make", "aws-account", "clock"},
    "python": {""},
    "http": {""},
    "json": {"", *map(str, range(400, 600)), *openapi.document()["components"]["schemas"], "event-pattern"},
    "jinja": {""},
    "mjml": {""},
    "text": {""},
    "yaml": {""},
}
DECISIONS = DOCS / "decisions"
PARTS = ["## Context", "## Decision", "## Cost"]

each_page = pytest.mark.parametrize(
    "page", documentation.pages(), ids=lambda page: str(page.relative_to(ROOT)).replace("/", ":")
)
each_decision = pytest.mark.parametrize("page", sorted(DECISIONS.glob("2*.md")), ids=lambda page: page.stem)


def test_the_readme_is_short() -> None:
    assert len(README.read_bytes()) <= README_MAX_BYTES


def test_the_readme_names_the_limit_of_the_api() -> None:
    defaults = config.read({"staffetta:domain": "mail.acme.com", "staffetta:stage": "prod"})
    assert f"{defaults.api_rate:,} requests a second, {defaults.api_burst:,} at once" in README.read_text("utf-8")


@each_page
def test_every_block_has_a_language_that_is_tested(page: Path) -> None:
    for block in documentation.blocks(page):
        marks = {marker for marker in block.marks if "." not in marker}  # a mark with a dot is a file's name
        assert block.language in LANGUAGES, f"{block}: {block.language!r}"
        assert marks <= LANGUAGES[block.language], f"{block}: {marks}"
    assert page.read_text("utf-8").count("```") == 2 * len(documentation.blocks(page)), "a fence is not closed"


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in documentation.links(page):
        if re.match(r"https?://", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} does not exist"
        if anchor:
            assert anchor in documentation.anchors(target), f"{link} has no such heading"


@each_page
def test_every_command_named_in_prose_exists(page: Path) -> None:
    for code in documentation.code_words(page):
        if code.startswith("staffetta "):
            command.check(code.removeprefix("staffetta ").split())
        elif code.startswith("make "):
            dry_run(code)


@each_page
def test_every_setting_named_in_prose_exists(page: Path) -> None:
    existing = {row.key for row in settings.deployment()}
    named = {name for code in documentation.code_words(page) for name in re.findall(r"staffetta:\w+(?![\w-])", code)}
    assert named <= existing


@each_page
def test_every_route_named_in_prose_exists(page: Path) -> None:
    routes = {(route.method, pattern(path)) for route in ROUTES for path in (route.path, *route.paths())}
    for code in documentation.code_words(page):
        results = re.fullmatch(r"(GET|POST|PUT|PATCH|DELETE) (/[^?# ]*)(\?\S*)?", code)
        if results:
            assert (results[1], pattern(results[2])) in routes, code


@each_page
def test_every_file_named_in_prose_exists(page: Path) -> None:
    for code in documentation.code_words(page):
        if re.match(r"(functions|infra|templates|tests|docs)/", code) and "<" not in code:
            assert any(ROOT.glob(code.rstrip("/"))), code


def pattern(path: str) -> str:
    return re.sub(r"{\w+}", "{}", path)


def make_blocks() -> list[Block]:
    return [block for page in documentation.pages() for block in documentation.blocks(page) if "make" in block.marks]


@pytest.mark.parametrize("block", make_blocks(), ids=str)
def test_every_make_line_names_a_target_and_its_options(block: Block) -> None:
    for line in lines(block):
        dry_run(line)
        options = re.search(r'ARGS="(.*)"', line)
        if line.startswith("make run") and options:
            command.check(["local", *shlex.split(options[1])])
        check_context(line)


def account_blocks() -> list[Block]:
    blocks = [block for page in documentation.pages() for block in documentation.blocks(page)]
    return [block for block in blocks if "aws-account" in block.marks]


@pytest.mark.parametrize("block", account_blocks(), ids=str)
def test_an_account_block_names_existing_commands_and_settings(block: Block) -> None:
    subprocess.run(["sh", "-n"], input=block.text, text=True, check=True)
    for line in lines(block):
        words = shlex.split(line, comments=True)
        if words[0] == "make":
            dry_run(line)
        elif Path(words[0]).name == "staffetta":
            command.check(words[1:])
        check_context(line)


def lines(block: Block) -> list[str]:
    """The commands of a shell block, one a line, without comments."""
    joined = block.text.replace("\\\n", " ").splitlines()
    return [line for line in (line.partition(" #")[0].strip() for line in joined) if line and line[0] != "#"]


def dry_run(line: str) -> None:
    """Make runs a line that calls make in a dry run, too: it would write over what the checks of the present run have printed."""
    command_line = ["make", "--dry-run", f"LOG={os.devnull}", *shlex.split(line)[1:]]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(command_line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{line}: {done.stderr}"


def check_context(line: str) -> None:
    """Raises ConfigError if a setting does not exist or its value is refused."""
    values = dict(re.findall(r"-c (staffetta:\w+)=([^\s\"]+)", line))
    defaults = json.loads((ROOT / "cdk.json").read_text())["context"]
    config.read({**defaults, **values})


def test_the_page_of_settings_is_generated() -> None:
    assert settings.PAGE.read_text("utf-8") == settings.page(), "run: python -m infra.reference.settings"


def test_the_page_of_hubl_is_generated() -> None:
    assert hubl.PAGE.read_text("utf-8") == hubl.page(), "run: python -m infra.reference.hubl"


def test_every_difference_of_hubl_is_about_its_names() -> None:
    names = {*language.FILTERS, *language.TESTS, *language.FUNCTIONS, *checking.TAGS}
    assert hubl.DIFFERENT.keys() <= names


def test_the_table_of_mjml_is_generated() -> None:
    assert mjml.PAGE.read_text("utf-8") == mjml.page(), "run: python -m infra.reference.mjml"


def test_every_operation_is_on_the_api_page() -> None:
    named = {re.sub(r"\?.*", "", code) for code in documentation.code_words(DOCS / "api.md")}
    missing = {route.key for route in ROUTES if not route.versions} - named
    assert missing == set()


def test_the_automation_on_its_page_can_be_published() -> None:
    (block,) = (one for one in documentation.blocks(DOCS / "automations.md") if one.language == "yaml")
    definition, _ = automations.read(block.text)
    assert [step.id for step in definition.steps] == ["confirm", "ten_days", "morning", "opened", "review"]


@each_decision
def test_a_decision_has_its_parts_and_is_listed(page: Path) -> None:
    text = page.read_text("utf-8")
    assert re.match(r"# .+\n\n" + page.stem[:10] + r"\n\n## Context\n", text)
    assert re.findall(r"^## .+$", text, re.MULTILINE) == PARTS
    assert f"({page.name})" in (DECISIONS / "README.md").read_text("utf-8")
