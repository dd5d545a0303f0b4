"""IAM: AWS's managed policies exist, since CDK attaches some of them to roles.

moto has them, but only behind a setting, and then makes all 1,582 of them (0.2 s) whenever IAM starts. Ours are read on first use.
"""

import json
from functools import cache
from typing import Any

from moto.iam.models import AWSManagedPolicy, IAMBackend, aws_managed_policies_data

_attach_role_policy = IAMBackend.attach_role_policy


def install() -> None:
    IAMBackend.attach_role_policy = attach_role_policy


def attach_role_policy(self: IAMBackend, policy_arn: str, role_name: str) -> None:
    if policy_arn.startswith("arn:aws:iam::aws:policy/") and policy_arn not in self.managed_policies:
        name = policy_arn.rpartition("/")[2]
        if name in _aws_policies():
            policy = AWSManagedPolicy.from_data(name, self.account_id, self.region_name, _aws_policies()[name])
            self.managed_policies[policy.arn] = policy
    _attach_role_policy(self, policy_arn, role_name)


@cache
def _aws_policies() -> dict[str, Any]:
    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    return policies
