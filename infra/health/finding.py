"""A finding of a check, and how checks run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

T = TypeVar("T")


class Level(StrEnum):
    OK = "OK"
    WARNING = "WARNING"  # it works, and something is worth a look
    ERROR = "ERROR"


class Finding(Struct, frozen=True, omit_defaults=True):
    check: str
    level: Level
    message: str
    fix: str = ""  # the command or the step that repairs it


class Report(Struct, frozen=True):
    ok: bool  # there is no error
    findings: list[Finding]


class Defect(Struct, frozen=True):
    """A finding without the name of its check."""

    message: str
    fix: str
    level: Level = Level.ERROR


def warning(message: str, fix: str) -> Defect:
    return Defect(message, fix, Level.WARNING)


class Check(Struct, Generic[T], frozen=True):
    """`find` yields nothing if all is well; `ok` is the sentence for that. Without the needs of later checks, they do not run."""

    name: str
    ok: str
    find: Callable[[T], Iterable[Defect]]
    needed: bool = False  # the checks after it make no sense if it finds an error


def run(checks: Sequence[Check[T]], subject: T) -> Report:
    findings = list(_findings(checks, subject))
    return Report(all(finding.level is not Level.ERROR for finding in findings), findings)


def _findings(checks: Sequence[Check[T]], subject: T) -> Iterator[Finding]:
    for check in checks:
        problems = _problems(check, subject)
        if not problems:
            yield Finding(check.name, Level.OK, check.ok)
        for problem in problems:
            yield Finding(check.name, problem.level, problem.message, problem.fix)
        if check.needed and any(problem.level is Level.ERROR for problem in problems):
            return


def _problems(check: Check[T], subject: T) -> list[Defect]:
    """A check that AWS refuses has not succeeded, and has not found an error either."""
    try:
        return list(check.find(subject))
    except (ClientError, BotoCoreError) as error:
        return [warning(f"cannot be checked: {error}", "allow the call to the AWS identity that runs the command")]


def described(report: Report, least: Level = Level.OK) -> Iterable[str]:
    """Yields the lines of a report for a reader, from a level on."""
    levels = list(Level)
    for finding in report.findings:
        if levels.index(finding.level) < levels.index(least):
            continue
        yield f"{finding.level:<8} {finding.check}: {finding.message}"
        if finding.fix:
            yield f"         → {finding.fix}"
