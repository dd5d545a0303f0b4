"""The comparison of two commits: pairs, medians, and what is reached. The measuring itself is not tested."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bench import compare, local_stack
from tests.bench.running import ROOT


def _flow(us: float) -> dict[str, Any]:
    stages = ("single_send", "deliver", "record", "measure")
    return {"flow": {name: {"us": us} for name in stages}, "cold": {"deliver": {"import": us, "first": 0.0}}}


def test_a_ratio_is_the_median_of_the_pairs() -> None:
    assert compare.median_ratio([100, 200, 1000], [50, 100, 900]) == pytest.approx(0.5)


def test_each_step_is_judged_by_its_own_target() -> None:
    lines = "\n".join(compare._processor(([_flow(100)], [_flow(60)])))
    assert "accept                      100        60      0.60   target 0.65   reached" in lines
    assert "deliver                     100        60      0.60   target 0.50   MISSED" in lines


def test_accepting_includes_the_key_check_of_earlier_commits() -> None:
    base = _flow(100)
    base["flow"]["authorizer"] = {"us": 20.0}
    lines = "\n".join(compare._processor(([base], [_flow(60)])))
    assert "accept                      120        60      0.50" in lines
    assert "authorize" not in lines


def test_the_peer_is_compared_with_both_steps() -> None:
    (line, _) = compare._peer(([], [_flow(100)]), [{"accept": 300.0, "deliver": 500.0}])
    assert "4.0 times less, target 3.5   reached" in line


def test_a_cold_start_may_differ_by_noise() -> None:
    assert "reached" in compare._cold_line("api", [100.0], [104.0])
    assert "MISSED" in compare._cold_line("api", [100.0], [106.0])


def test_a_function_without_a_counterpart_has_no_ratio() -> None:
    lines = list(compare._cold(([_flow(100)], [_flow(100)]), ([{"api": 50.0}], [{"api": 50.0, "console": 80.0}])))
    assert lines[-2].split() == ["console", "80"]


def test_the_local_stack_must_carry_more_and_wait_less() -> None:
    base = {"carries": 10.0, "accept": 0.1, "idle": 0.01, "ready": 9.0, "cpu": 0.08}
    ours = {"carries": 41.0, "accept": 0.05, "idle": 0.03, "ready": 5.0, "cpu": 0.02}
    _, carries, accept, cpu, idle, ready, _ = local_stack.report(([base], [ours]))
    assert "4.10" in carries
    assert carries.endswith("reached")
    assert accept.endswith("MISSED")
    assert cpu.endswith("0.25")
    assert idle.endswith("MISSED")
    assert ready.endswith("reached")


def test_a_base_without_idle_time_has_no_ratio() -> None:
    run = {"carries": 10.0, "accept": 0.1, "idle": 0.0, "ready": 9.0, "cpu": 0.08}
    assert list(local_stack.report(([run], [run])))[4].split()[-5:] == ["0.0", "at", "most", "2", "reached"]


def test_every_function_of_a_tree_is_found() -> None:
    assert compare.Tree(ROOT).functions() > {"single_send", "deliver", "record", "measure", "console"}


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """The requirements of a commit that required other packages."""
    (tmp_path / "infra").mkdir()
    for name in compare.REQUIREMENTS:
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "infra" / "constraints.txt").write_text("css-inline==0.24.0\n", "utf-8")
    return tmp_path


def test_a_commit_with_these_requirements_runs_in_this_environment(earlier: Path) -> None:
    shutil.copy(ROOT / "infra" / "constraints.txt", earlier / "infra")
    assert compare.interpreter(earlier) == Path(sys.executable)


def test_a_commit_with_other_requirements_has_its_own_environment(earlier: Path) -> None:
    (earlier / ".venv").mkdir()
    (earlier / ".venv" / ".installed").touch()
    assert compare.interpreter(earlier) == earlier / ".venv" / "bin" / "python"


def test_extras_that_a_commit_lacks_are_left_out(earlier: Path) -> None:
    (earlier / "pyproject.toml").write_text("[project.optional-dependencies]\nlocal = []\nother = []\n", "utf-8")
    assert compare._extras(earlier) == ["local"]


def test_a_commit_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        compare.checkout("0" * 40)
