"""IAM: AWS's managed policies exist, since CDK attaches some of them to roles. A user's permissions boundary is stored.

moto has the policies only behind a setting, and then creates all 1,582 of them (0.2 s) whenever IAM starts. Ours are read on first use.
"""

import json
from functools import cache
from typing import Any

from moto.iam.models import AWSManagedPolicy, IAMBackend, aws_managed_policies_data
from moto.iam.responses import IamResponse

_attach_role_policy = IAMBackend.attach_role_policy
_create_user = IamResponse.create_user


def install() -> None:
    IAMBackend.attach_role_policy = attach_role_policy
    IamResponse.create_user = create_user


def attach_role_policy(self: IAMBackend, policy_arn: str, role_name: str) -> None:
    if policy_arn.startswith("arn:aws:iam::aws:policy/") and policy_arn not in self.managed_policies:
        name = policy_arn.rpartition("/")[2]
        if name in _aws_policies():
            policy = AWSManagedPolicy.from_data(name, self.account_id, self.region_name, _aws_policies()[name])
            self.managed_policies[policy.arn] = policy
    _attach_role_policy(self, policy_arn, role_name)


def create_user(self: IamResponse) -> Any:
    """Stores the boundary, which our roles' conditions check and stock moto drops."""
    answer = _create_user(self)
    user = self.backend.users[self._get_param("UserName")]
    user.permissions_boundary_arn = self._get_param("PermissionsBoundary")
    return answer


@cache
def _aws_policies() -> dict[str, Any]:
    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    return policies
