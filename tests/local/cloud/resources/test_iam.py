"""Roles and policies, made by a stack."""

from __future__ import annotations

from typing import Any

from infra.local.cloud import Cloud
from tests.support.aws.cloudformation import TRUST, ref, resource


def document(*actions: str, resource: Any = "*") -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource}]}


def test_a_role_has_exactly_its_policies(cloud: Cloud, stacks: Any) -> None:
    """Inline, attached and AWS's own policies are added and removed with the template."""
    aws = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    inline = {"PolicyName": "inline", "PolicyDocument": document("s3:GetObject")}
    role = resource("IAM::Role", AssumeRolePolicyDocument=TRUST, Policies=[inline], ManagedPolicyArns=[aws])
    policy = resource(
        "IAM::Policy", PolicyName="grants", Roles=[ref("Role")], PolicyDocument=document("sqs:SendMessage")
    )
    managed = resource("IAM::ManagedPolicy", Roles=[ref("Role")], PolicyDocument=document("sns:Publish"))
    stacks.put("iam", {"Role": role, "Policy": policy, "Managed": managed})
    iam, name, arn = cloud.client("iam"), stacks.id_of("iam", "Role"), stacks.id_of("iam", "Managed")
    assert set(iam.list_role_policies(RoleName=name)["PolicyNames"]) == {"inline", "grants"}
    attached = {item["PolicyArn"] for item in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]}
    assert attached == {aws, arn}
    policy["Properties"]["PolicyDocument"] = document("sqs:DeleteMessage")
    managed["Properties"]["PolicyDocument"] = document("sns:Subscribe")
    stacks.put(
        "iam", {"Role": resource("IAM::Role", AssumeRolePolicyDocument=TRUST), "Policy": policy, "Managed": managed}
    )
    assert iam.list_role_policies(RoleName=name)["PolicyNames"] == ["grants"]
    assert iam.get_role_policy(RoleName=name, PolicyName="grants")["PolicyDocument"] == document("sqs:DeleteMessage")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    settled = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert settled == document("sns:Subscribe")
    stacks.delete("iam")
    assert name not in {item["RoleName"] for item in iam.list_roles()["Roles"]}
