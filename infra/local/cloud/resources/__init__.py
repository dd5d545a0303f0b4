"""The CloudFormation types that moto lacks, or implements too little of for our template. One module per service."""

from typing import Any

from moto.cloudformation import parsing

from infra.local.cloud.resources import (
    apigatewayv2,
    cloudfront,
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
from infra.local.cloud.resources.model import ClientOf, CreatedResource, Model, no_delete, no_update
from infra.local.cloud.resources.resource import ResourceKind
from infra.local.cloud.resources.support import HARMLESS

MODELS: tuple[Model, ...] = (
    *apigatewayv2.MODELS,
    *cloudfront.MODELS,
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
    *(
        Model(type_, lambda context, _props: CreatedResource(context.logical_id), no_update, no_delete)
        for type_ in sorted(HARMLESS)
    ),
)


def install(client: ClientOf) -> None:
    """Makes moto's CloudFormation create our types, through `client`, in preference to its own."""
    kinds: dict[str, Any] = {model.type: ResourceKind(model, client) for model in MODELS}
    names = parsing.get_name_type_map()
    classes = {**parsing.get_model_map(), **kinds}

    def name_property_of(type_: str) -> str | None:
        """Returns the property that names a resource. Our models name their own resources."""
        return None if type_ in kinds else names.get(type_)

    parsing.resource_class_from_type = classes.get
    parsing.resource_name_property_from_type = name_property_of
