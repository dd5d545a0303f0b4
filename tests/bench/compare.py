"""`make bench-compare BASE=<commit>`: measures this commit and an earlier one in turns, so that both meet the same machine.

    python -m tests.bench.compare BASE [--runs 5] [--messages 1000] [--no-local] [--no-peer]

Each figure is the median of the runs. A ratio is the median of the ratios of the pairs, with its target next to it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import statistics
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import local_stack
from tests.bench.report import TITLES
from tests.bench.running import ROOT, django

HOME = ROOT / "build" / "compare"
REQUIREMENTS = ("pyproject.toml", "infra/constraints.txt")
EXTRAS = ("infra", "cli", "local", "test", "bench")
PIP = ("--quiet", "--disable-pip-version-check", "--constraint", REQUIREMENTS[1], "--editable")
RUNS = 5
RATIOS = {"single_send": 0.65, "deliver": 0.5, "record": 0.7, "measure": 0.7}  # of the base's processor time, at most
COLD_RATIO = 1.0
COLD_NOISE = 0.05  # two runs of one commit differ by so much
PEER_RATIO = 3.5  # times less than django-post-office, at least
IMPORT = "import importlib, time; begun = time.process_time(); importlib.import_module('functions.{name}'); print((time.process_time() - begun) * 1e3)"
ENVIRONMENT = "import json; from tests.bench.running import environment; print(json.dumps(dict(environment(1))))"


@dataclass(frozen=True)
class Tree:
    """A commit's files, and the Python that has its packages."""

    root: Path
    python: Path = Path(sys.executable)

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
        """Returns what Python prints. Raises CalledProcessError."""
        done = subprocess.run(
            [self.python, *arguments],
            cwd=self.root,
            env={**self.environment(), **(environment or {})},
            check=True,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        return done.stdout

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return {**inherited, "PYTHONPATH": str(self.root)}

    def functions(self) -> set[str]:
        """Returns the modules that are Lambda functions."""
        files = (self.root / "functions").glob("*.py")
        return {file.stem for file in files if "\ndef handler(" in file.read_text("utf-8")}


def checkout(commit: str) -> Tree:
    """Returns the files of a commit, which stay for the next comparison. Raises CalledProcessError."""
    sha = _git("rev-parse", "--verify", f"{commit}^{{commit}}").decode().strip()
    root = HOME / sha[:12]
    if not root.exists():
        with tarfile.open(fileobj=io.BytesIO(_git("archive", sha))) as files:
            files.extractall(root, filter="data")
    return Tree(root, interpreter(root))


def interpreter(root: Path) -> Path:
    """Returns this Python if the commit requires the same packages, else the one of its own virtual environment, which stays for the
    next comparison. Raises CalledProcessError.
    """
    if all((root / name).read_bytes() == (ROOT / name).read_bytes() for name in REQUIREMENTS):
        return Path(sys.executable)
    environment = root / ".venv"
    python, installed = environment / "bin" / "python", environment / ".installed"
    if not installed.exists():
        sys.stderr.write(f"Setting up the packages of {root.name}; the first time takes a minute or two.\n")
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        subprocess.run([python, "-m", "pip", "install", *PIP, f".[{','.join(_extras(root))}]"], cwd=root, check=True)
        installed.touch()
    return python


def _extras(root: Path) -> list[str]:
    """Returns the extras that a measurement needs, of the ones that the commit has."""
    project = tomllib.loads((root / REQUIREMENTS[0]).read_text("utf-8"))["project"]
    return [extra for extra in EXTRAS if extra in project["optional-dependencies"]]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.compare", description="Compares this commit with another."
    )
    parser.add_argument("base", help="the commit to compare with")
    parser.add_argument("--runs", type=int, default=RUNS, help="how many pairs of runs (default: %(default)s)")
    parser.add_argument("--messages", type=int, default=1000, help="sends of each run (default: %(default)s)")
    parser.add_argument("--no-local", action="store_true", help="without the local stack")
    parser.add_argument("--no-cold", action="store_true", help="without the imports of the functions")
    parser.add_argument("--no-peer", action="store_true", help="without django-post-office")
    arguments = parser.parse_args()
    pair = checkout(arguments.base), Tree(ROOT)
    flows = _in_turns(pair, arguments.runs, lambda tree: _flow(tree, arguments.messages))
    peer = [] if arguments.no_peer else [django(arguments.messages // 4) for _ in range(arguments.runs)]
    colds = None if arguments.no_cold else _in_turns(pair, arguments.runs, _imports)
    stacks = None if arguments.no_local else _in_turns(pair, arguments.runs, local_stack.measure)
    sys.stdout.write("\n".join([*_heading(arguments, flows), *_processor(flows), *_peer(flows, peer)]) + "\n")
    sys.stdout.write("\n".join([*_cold(flows, colds), *local_stack.report(stacks)]) + "\n")


Runs = tuple[list[Any], list[Any]]  # of the base, and of this commit


def _in_turns(pair: tuple[Tree, Tree], runs: int, measure: Callable[[Tree], Any]) -> Runs:
    figures: Runs = ([], [])
    for _ in range(runs):
        for tree, measured in zip(pair, figures, strict=True):
            measured.append(measure(tree))
    return figures


def _flow(tree: Tree, messages: int) -> Any:
    return json.loads(tree.run("-m", "tests.bench", "--messages", str(messages), "--no-peer", "--json"))


def _imports(tree: Tree) -> dict[str, float]:
    """Returns milliseconds of processor time to import each function in a fresh process. A function that does not start has no figure."""
    environment: Mapping[str, str] = json.loads(tree.run("-c", ENVIRONMENT))
    figures = {}
    for name in tree.functions():
        with contextlib.suppress(subprocess.CalledProcessError):
            figures[name] = float(tree.run("-c", IMPORT.format(name=name), environment=environment))
    return figures


def median_ratio(base: Sequence[float], ours: Sequence[float]) -> float:
    return statistics.median(own / other for other, own in zip(base, ours, strict=True))


def verdict(ratio: float, target: float | None) -> str:
    if target is None:
        return ""
    return f"target {target:.2f}   {'reached' if ratio <= target else 'MISSED'}"


def _heading(arguments: Any, flows: Runs) -> Iterator[str]:
    yardstick = statistics.median(run["yardstick"] for runs in flows for run in runs)
    yield f"This commit ({_git('rev-parse', '--short', 'HEAD').decode().strip()}) and {arguments.base}: medians of {arguments.runs} runs of each, in turns"
    yield f"the standard library writes a mail of this size in {yardstick:,.0f} us on this machine"
    yield ""


def _processor(flows: Runs) -> Iterator[str]:
    yield "CPU us per send              base      ours     ratio"
    for name in flows[1][0]["flow"]:
        base, ours = ([_us(run, name) for run in runs] for runs in flows)
        ratio = median_ratio(base, ours)
        yield (
            f"  {TITLES[name]:<21}{statistics.median(base):>10,.0f}{statistics.median(ours):>10,.0f}{ratio:>10.2f}"
            f"   {verdict(ratio, RATIOS.get(name))}"
        )
    yield ""


def _us(run: Mapping[str, Any], step: str) -> float:
    """Earlier commits checked the API key in a function of its own. It is a part of accepting."""
    flow = run["flow"]
    us: float = flow[step]["us"]
    return us + flow["authorizer"]["us"] if step == "single_send" and "authorizer" in flow else us


def _peer(flows: Runs, peer: Sequence[Mapping[str, float]]) -> Iterator[str]:
    if not peer:
        return
    steps = ("single_send", "deliver")
    theirs = statistics.median(sum(run.values()) for run in peer)
    ours = statistics.median(sum(run["flow"][step]["us"] for step in steps) for run in flows[1])
    reached = "reached" if theirs / ours >= PEER_RATIO else "MISSED"
    yield f"django-post-office takes {theirs:,.0f} us, ours {ours:,.0f}: {theirs / ours:.1f} times less, target {PEER_RATIO}   {reached}"
    yield ""


def _cold(flows: Runs, imports: Runs | None) -> Iterator[str]:
    yield "Cold start, CPU ms           base      ours     ratio"
    for name in flows[0][0]["cold"]:
        base, ours = ([sum(run["cold"][name].values()) for run in runs] for runs in flows)
        yield _cold_line(f"{name}, with work", base, ours)
    if imports is None:
        return
    for name in sorted(imports[1][0]):
        ours = [run[name] for run in imports[1]]
        base = [run[name] for run in imports[0] if name in run]
        yield _cold_line(name, base, ours) if base else f"  {name:<21}{'':>10}{statistics.median(ours):>10,.0f}"
    yield ""


def _cold_line(name: str, base: Sequence[float], ours: Sequence[float]) -> str:
    ratio = median_ratio(base, ours)
    reached = "reached" if ratio <= COLD_RATIO + COLD_NOISE else "MISSED"
    return (
        f"  {name:<21}{statistics.median(base):>10,.0f}{statistics.median(ours):>10,.0f}{ratio:>10.2f}"
        f"   target {COLD_RATIO:.2f}   {reached}"
    )


def _git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    main()
