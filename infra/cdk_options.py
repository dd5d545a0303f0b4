"""What the options of the `cdk` command mean for `make deploy`. The command also reads them from variables such as CDK_METHOD."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

TOOLKIT = "CDKToolkit"  # the stack of the CDK's bootstrap, if it has no name of the account's own
EXECUTE = "--execute"
PREPARE = "prepare-change-set"  # the method that creates change sets and executes none


class CdkOptions(Struct, frozen=True):
    context: Mapping[str, str]
    profile: str | None
    region: str | None
    toolkit: str
    chooses_approval: bool
    informs: bool  # the command prints its help or its version, and does nothing else
    executes: bool  # otherwise the command prepares change sets, and changes no stack


def read(options: Sequence[str], environment: Mapping[str, str] = os.environ) -> CdkOptions:
    parsed, _ = _parser(environment).parse_known_args(_with_value(options))
    return CdkOptions(
        context=dict(item.split("=", 1) for item in parsed.context if "=" in item),
        profile=parsed.profile,
        region=parsed.region,
        toolkit=parsed.toolkit_stack_name,
        chooses_approval=parsed.require_approval is not None,
        informs=parsed.help or parsed.version,
        executes=parsed.execute == "true" and parsed.method != PREPARE,
    )


def _with_value(options: Iterable[str]) -> list[str]:
    """`--execute` → `--execute=true`, and `--execute false` → `--execute=false`. Another word after it is the name of a stack."""
    words: list[str] = []
    for word in options:
        if words and words[-1] == EXECUTE and word in {"true", "false"}:
            words[-1] = f"{EXECUTE}={word}"
        else:
            words.append(word)
    return [f"{EXECUTE}=true" if word == EXECUTE else word for word in words]


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-c", "--context", action="append", default=[])
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("--version", action="store_true")
    parser.add_argument("--profile", default=environment.get("CDK_PROFILE"))
    parser.add_argument("--region", default=environment.get("CDK_REGION"))
    parser.add_argument(
        "--toolkit-stack-name", "--toolkitStackName", default=environment.get("CDK_TOOLKIT_STACK_NAME", TOOLKIT)
    )
    parser.add_argument("--require-approval", "--requireApproval", default=environment.get("CDK_REQUIRE_APPROVAL"))
    parser.add_argument("-m", "--method", default=environment.get("CDK_METHOD"))
    parser.add_argument(EXECUTE, default=environment.get("CDK_EXECUTE", "true"))
    parser.add_argument("--no-execute", dest="execute", action="store_const", const="false")
    return parser
