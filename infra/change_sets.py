"""`make deploy` with --no-execute: change sets for a person to read. No stack changes, and nothing is created that costs.

CloudFormation resolves what Service takes from State when it makes Service's change set, so State must have it by then: a stage that was
never deployed gets a change set of State only.
"""

from __future__ import annotations

import sys

from infra.config import Config
from infra.deployed_stage import service_stack, state_stack
from infra.deployment import NO_APP, Deployment, DeploymentError, environments
from infra.health import bootstrap

EXECUTE = "To deploy, run `make deploy` without the option: a change set that you execute yourself leaves the stage without its protection."


def prepare(deployment: Deployment) -> None:
    """Raises DeploymentError, BotoCoreError or ClientError."""
    target = deployment.target
    if lacking := list(bootstrap.lacking(target)):
        named = " ".join(environments(target, lacking))
        raise DeploymentError(
            f"nothing was prepared: {' and '.join(lacking)} must be bootstrapped for the CDK first, which stores templates there: "
            f".venv/bin/python -m infra.node bootstrap {named} {NO_APP[0]} ''"
        )
    (_update if deployment.deployed else _first)(deployment)
    sys.stdout.write(f"{EXECUTE}\n")


def _update(deployment: Deployment) -> None:
    try:
        deployment.deploy("--all")
    except DeploymentError as error:
        raise DeploymentError(
            f"{error}. Nothing was deployed. If CloudFormation lacks an export, this version of {state_stack(deployment.stage)} has it: "
            f"its change set waits in CloudFormation, and {service_stack(deployment.stage)} gets one only once it is executed"
        ) from error
    sys.stdout.write(
        "Nothing was deployed: the change sets wait in CloudFormation, the one of State before the one of Service.\n"
    )


def _first(deployment: Deployment) -> None:
    """The `cdk` command synthesizes all stacks, Service too."""
    deployment.deploy(*_without_service(deployment.target.config), "--exclusively")
    sys.stdout.write(
        f"Nothing was deployed: stage {deployment.stage} is new, and the change set of State waits in CloudFormation. Service has none, since "
        f"it refers to resources that State will have: its template is cdk.out/{service_stack(deployment.stage)}.template.json. "
        f"Without a deployment, an empty stack is left: aws cloudformation delete-stack --stack-name {state_stack(deployment.stage)}\n"
    )


def _without_service(config: Config) -> list[str]:
    return [state_stack(config.stage), *(f"Staffetta-{config.stage}-{kind}" for kind in config.hosts)]
