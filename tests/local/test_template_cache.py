"""The templates of the local stack are synthesized again exactly when something that they are made from changes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import grimp
import pytest

from infra import ROOT
from infra.asset import bundling
from infra.local import assembly, template_cache
from infra.local.assembly import Addresses, StackTemplate

SOURCES = (
    "functions/deliver.py",
    "templates/email/receipt/body.mjml",
    "infra/service.py",
    "infra/constructs/queue.py",
    "infra/node/__init__.py",
    "infra/constraints.txt",
    "cdk.json",
)


Runs = list[Callable[[], object]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project instead of this one."""
    for name in (*SOURCES, "infra/local/stack.py", "README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(bundling, "ROOT", tmp_path)
    monkeypatch.setattr(bundling, "CONSTRAINTS", tmp_path / "infra/constraints.txt")
    monkeypatch.setattr(template_cache, "ROOT", tmp_path)
    monkeypatch.setattr(template_cache, "HOME", tmp_path / "build/templates")
    return tmp_path


@pytest.fixture
def runs(project: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """The runs of the app that a test expects: what happens during each. A run removes its entry, and fails without one."""
    expected: Runs = []

    async def run_app(_: object) -> list[StackTemplate]:
        expected.pop(0)()
        return [StackTemplate("State", f'{{"url": "{assembly.PLACEHOLDERS.public_url}"}}')]

    monkeypatch.setattr(assembly, "_run_app", run_app)
    return expected


def nothing() -> None:
    pass


def synthesize(url: str = "http://127.0.0.1:1") -> list[StackTemplate]:
    return asyncio.run(assembly.synthesize(Addresses(url, "http://127.0.0.1:2", "127.0.0.1:3:4")))


def test_an_unchanged_app_is_synthesized_once(runs: Runs) -> None:
    runs.append(nothing)
    for url in ("http://127.0.0.1:1", "http://127.0.0.1:2"):
        assert synthesize(url) == [StackTemplate("State", f'{{"url": "{url}"}}')]


@pytest.mark.parametrize("name", SOURCES)
def test_a_changed_source_is_synthesized_again(runs: Runs, project: Path, name: str) -> None:
    runs += [nothing, nothing]
    synthesize()
    (project / name).write_text("two")
    synthesize()
    assert runs == []


def test_other_files_do_not_matter(runs: Runs, project: Path) -> None:
    runs.append(nothing)
    synthesize()
    for name in ("infra/local/stack.py", "README.md"):
        (project / name).write_text("two")
    for name in SOURCES:
        os.utime(project / name, (0, 0))
    synthesize()


@pytest.mark.parametrize("name", ["JSII_NODE", "CDK_DEFAULT_REGION"])
def test_a_changed_environment_is_synthesized_again(runs: Runs, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    runs += [nothing, nothing]
    synthesize()
    monkeypatch.setenv(name, "other")
    synthesize()
    assert runs == []


def test_a_changed_context_is_synthesized_again(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    runs += [nothing, nothing]
    synthesize()
    monkeypatch.setitem(assembly.CONTEXT, "staffetta:eventBridge", False)
    synthesize()
    assert runs == []


def test_a_source_that_changes_meanwhile_is_not_cached(runs: Runs, project: Path) -> None:
    """The app may have read it before or after the change."""
    source = project / "infra/service.py"
    runs += [lambda: _write(source, "two"), lambda: _write(source, "one"), nothing]
    for _ in range(3):
        synthesize()
    assert runs == []


def _write(path: Path, text: str) -> None:
    path.write_text(text)


def test_two_runs_at_once_both_get_their_templates(runs: Runs) -> None:
    both = Barrier(2)
    runs += [lambda: both.wait(30), lambda: both.wait(30)]
    urls = ["http://127.0.0.1:1", "http://127.0.0.1:2"]
    results: dict[str, list[StackTemplate]] = {}
    threads = [Thread(target=lambda url=url: results.update({url: synthesize(url)})) for url in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {url: stack.body for url, (stack,) in results.items()} == {url: f'{{"url": "{url}"}}' for url in urls}
    assert len(list(template_cache.HOME.iterdir())) == 1


def test_templates_of_yesterday_are_removed(runs: Runs, project: Path) -> None:
    runs += [nothing, nothing]
    synthesize()
    (old,) = template_cache.HOME.iterdir()
    os.utime(old, (0, 0))
    (project / "cdk.json").write_text("two")
    synthesize()
    (new,) = template_cache.HOME.iterdir()
    assert new != old


def test_every_module_of_the_app_is_a_source() -> None:
    graph = grimp.build_graph("infra", "functions", cache_dir=None)
    modules = {"infra.app", *graph.find_upstream_modules("infra.app")}
    assert "infra.service" in modules
    names = {path.relative_to(ROOT).with_suffix("").as_posix() for path in template_cache._sources()}
    sources = {name.removesuffix("/__init__").replace("/", ".") for name in names}
    assert modules <= sources


def test_the_addresses_are_all_that_differs() -> None:
    """A kept template has placeholders for them: the app, if it got the addresses themselves, would write the same."""
    addresses = Addresses("http://127.0.0.1:65535", "http://127.0.0.1:65534", "127.0.0.1:65533:65532")
    cached = asyncio.run(assembly.synthesize(addresses))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(assembly.CONTEXT, "staffetta:publicUrl", addresses.public_url)
        patch.setitem(assembly.CONTEXT, "staffetta:mailboxUrl", addresses.mailbox_url)
        patch.setitem(assembly.CONTEXT, "staffetta:smtpServer", addresses.smtp_server)
        assert asyncio.run(assembly._run_app(assembly.CONTEXT)) == cached
