"""`make lint`: checks the words of names, prose, messages and pages against words.toml, class names, suppressed checks and sentences.

    python -m tests.words [PATH ...]

Without a path it checks the whole project.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.words.linter import ROOTS, Rules, check_class_names, check_sentences, check_suppressions, check_words

RULES = Path(__file__).with_name("words.toml")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.words", description="Checks the words of this project.")
    parser.add_argument("paths", nargs="*", type=Path, help="files or folders (default: the whole project)")
    paths = parser.parse_args().paths
    roots = paths or [Path(root) for root in ROOTS if Path(root).exists()]
    findings = check_words(Rules.read(RULES), roots)
    findings += [f for f in check_class_names([Path("functions"), Path("infra")]) if _is_under(f.path, roots)]
    findings += check_suppressions(roots)
    if not paths:
        findings += check_sentences([Path("README.md"), Path("docs")])
    sys.stdout.writelines(f"{finding}\n" for finding in findings)
    sys.stderr.write(f"{len(findings)} words to change\n")
    return min(len(findings), 1)


def _is_under(path: str, roots: list[Path]) -> bool:
    return any(Path(path).is_relative_to(root) for root in roots)


if __name__ == "__main__":
    sys.exit(main())
