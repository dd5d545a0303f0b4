"""What a bare `cdk deploy` keeps of a deployed stage: its protection, which the `cdk` command would end, and its IP pool and CDN of images,
or that it has none.

The command passes no credentials to the app, so this reads with those of the environment. If they are of another account, or none, the
protection ends, as an output of State states. The pool would be deleted, so the app refuses to guess.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from functions.core.account.prices import IpPoolType
from functions.settings import LOCAL
from infra import ip_pool
from infra.config import PREFIX, ConfigError
from infra.deployed_stage import Clients, has_image_cdn, is_deployed, is_protected

_STORED = frozenset({"protected", "poolReady", "imageCdn"})
_QUICK = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 1})


def context(defaults: Mapping[str, object], environment: Mapping[str, str]) -> dict[str, object]:
    """Returns settings of the deployed stage that the command line does not set."""
    account, region = environment.get("CDK_DEFAULT_ACCOUNT"), environment.get("CDK_DEFAULT_REGION")
    raw = {**defaults, **json.loads(environment.get("CDK_CONTEXT_JSON", "{}"))}
    settings = {key.removeprefix(PREFIX): str(value) for key, value in raw.items() if key.startswith(PREFIX)}
    if settings.get("stage") == LOCAL or not account or not region:
        return {}
    session: Any = boto3.Session(region_name=region)
    return of_stage(settings, account, lambda service: session.client(service, config=_QUICK))


def of_stage(settings: Mapping[str, str], account: str, client: Clients) -> dict[str, object]:
    """Raises ConfigError if it cannot read whether the stage has a pool."""
    if settings.keys() >= _STORED:  # `make deploy` has read all with the command's own credentials
        return {}
    stage = settings.get("stage", "")
    try:
        if (present := client("sts").get_caller_identity()["Account"]) != account:
            return _unread(
                settings, f"the environment's credentials are of the account {present}, the deployment's of {account}"
            )
        if not is_deployed(stage, client):
            return {}
        stored = {
            "protected": is_protected(stage, client),
            "poolReady": ip_pool.is_ready(settings, stage, client),
            "imageCdn": has_image_cdn(stage, client),
        }
    except ValueError:  # an invalid setting is reported with the others
        return {}
    except (BotoCoreError, ClientError) as error:
        return _unread(settings, str(error))
    return {f"{PREFIX}{name}": value for name, value in stored.items() if name not in settings}


def _unread(settings: Mapping[str, str], reason: str) -> dict[str, object]:
    if "poolReady" in settings or settings.get("ipPool") == IpPoolType.SHARED:
        return {}
    raise ConfigError(
        f"whether the stage has its own IP pool cannot be read ({reason}): set AWS_PROFILE to the deployment's profile, or add "
        f"-c {PREFIX}poolReady=false for a first deployment, and -c {PREFIX}poolReady=true if the stage has the pool"
    )
