"""The CloudFormation types that moto lacks, or keeps too little of for our template; one module per service."""

from typing import Any

from moto.cloudformation import parsing

from infra.local.cloud.resources import (
    apigatewayv2,
    cloudwatch,
    cognito,
    dynamodb,
    functions,
    iam,
    logs,
    messaging,
    s3,
    scheduler,
    ses,
)
from infra.local.cloud.resources.model import ClientOf, Made, Model, keep, nothing
from infra.local.cloud.resources.resource import ResourceKind
from infra.local.cloud.resources.support import HARMLESS

MODELS: tuple[Model, ...] = (
    *apigatewayv2.MODELS,
    *cloudwatch.MODELS,
    *cognito.MODELS,
    *dynamodb.MODELS,
    *functions.MODELS,
    *iam.MODELS,
    *logs.MODELS,
    *messaging.MODELS,
    *s3.MODELS,
    *scheduler.MODELS,
    *ses.MODELS,
    *(Model(type_, lambda site, _props: Made(site.logical_id), keep, nothing) for type_ in sorted(HARMLESS)),
)


def install(client: ClientOf) -> None:
    """Have moto's CloudFormation make our types, by way of `client`, before its own."""
    kinds: dict[str, Any] = {model.type: ResourceKind(model, client) for model in MODELS}
    names = parsing.get_name_type_map()
    classes = {**parsing.get_model_map(), **kinds}

    def name_property_of(type_: str) -> str | None:
        """The property that names a resource; our models name their own."""
        return None if type_ in kinds else names.get(type_)

    parsing.resource_class_from_type = classes.get
    parsing.resource_name_property_from_type = name_property_of
