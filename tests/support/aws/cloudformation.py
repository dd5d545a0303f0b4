"""Parts of small CloudFormation templates."""

from __future__ import annotations

from typing import Any

KEYS = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
}

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def resource(type_: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{type_}", "Properties": properties}


def ref(name: str) -> dict[str, Any]:
    return {"Ref": name}


def attribute(resource_name: str, name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [resource_name, name]}


def table(**properties: Any) -> dict[str, Any]:
    replica = {"Region": {"Ref": "AWS::Region"}, **properties.pop("Replica", {})}
    return resource("DynamoDB::GlobalTable", **KEYS, BillingMode="PAY_PER_REQUEST", Replicas=[replica], **properties)


def index(name: str) -> dict[str, Any]:
    return {"IndexName": name, "KeySchema": KEYS["KeySchema"], "Projection": {"ProjectionType": "ALL"}}
