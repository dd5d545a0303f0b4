"""Every table of functions/adapters/schema.py: on demand, so an idle table costs nothing, and recoverable to any second of 35 days unless its layout forbids it."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from functions.adapters import schema

KINDS = {"S": dynamodb.AttributeType.STRING, "N": dynamodb.AttributeType.NUMBER}


class DynamoTable(Construct):
    """Deletion protection is not in the template: infra/deployed_stage.py switches it on after the first success."""

    def __init__(self, scope: Construct, layout: schema.Table, removal_policy: RemovalPolicy) -> None:
        super().__init__(scope, layout.name.capitalize())
        self.table = dynamodb.TableV2(
            self,
            "Table",
            partition_key=_attribute(layout.partition),
            sort_key=_attribute(layout.sort) if layout.sort else None,
            global_secondary_indexes=[_index(index) for index in layout.indexes],
            dynamo_stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES if layout.streamed else None,
            time_to_live_attribute=schema.EXPIRES if layout.expires else None,
            billing=dynamodb.Billing.on_demand(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=layout.recoverable
            ),
            removal_policy=removal_policy,
        )


def _attribute(attribute: schema.Attribute) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=attribute.name, type=KINDS[attribute.kind])


def _index(index: schema.Index) -> dynamodb.GlobalSecondaryIndexPropsV2:
    """Returns an index. It has keys only, unless it is declared with whole items: an index lists items, the table has their content."""
    projected = dynamodb.ProjectionType.ALL if index.whole else dynamodb.ProjectionType.KEYS_ONLY
    return dynamodb.GlobalSecondaryIndexPropsV2(
        index_name=index.name,
        partition_key=_attribute(index.partition),
        sort_key=_attribute(index.sort),
        projection_type=projected,
    )
