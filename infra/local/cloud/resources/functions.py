"""Lambda functions, their event source mappings and permissions, and the handling of their failures. moto stores them; `lambdas` runs them.

moto's own models drop half of a function's settings and refuse code whose object is not in S3.
"""

import io
import zipfile
from typing import Any, Final

from botocore.exceptions import ClientError

from infra.local.cloud.iam.access import role_documents
from infra.local.cloud.iam.policy_evaluation import allows
from infra.local.cloud.resources.model import CreatedResource, Model, Props, ResourceContext, no_update, pick, without

_CODE: Final = ("Code", "Architectures", "ReservedConcurrentExecutions", "Tags", "FunctionName")
# The default of each setting that a template may drop.
_DEFAULTS: Final = {"Description": "", "MemorySize": 128, "Timeout": 3, "Environment": {"Variables": {}}, "Layers": []}
# Settings of CloudFormation that botocore's CreateFunction does not have.
_NOT_IN_API: Final = ("RuntimeManagementConfig", "RecursiveLoop")


def _create_function(context: ResourceContext, props: Props) -> CreatedResource:
    name = props.get("FunctionName") or context.name()
    functions = context.client("lambda")
    functions.create_function(
        FunctionName=name,
        Code=_code(context, props["Code"]),
        **without(props, *_CODE, *_NOT_IN_API),
        **pick(props, "Architectures"),
        **_tags(props),
    )
    _reserve(context, name, props)
    return _created_function(context, name)


def _update_function(context: ResourceContext, resource: CreatedResource, new: Props, old: Props) -> CreatedResource:
    functions = context.client("lambda")
    settings = {**pick(_DEFAULTS, *old), **without(new, *_CODE, *_NOT_IN_API)}
    functions.update_function_configuration(FunctionName=resource.id, **settings)
    if new["Code"] != old["Code"]:
        functions.update_function_code(FunctionName=resource.id, **_code(context, new["Code"]))
    _reserve(context, resource.id, new)
    return resource


def _delete_function(context: ResourceContext, resource: CreatedResource, _props: Props) -> None:
    context.client("lambda").delete_function(FunctionName=resource.id)


def _created_function(context: ResourceContext, name: str) -> CreatedResource:
    return CreatedResource(name, {"Arn": context.arn("lambda", f"function:{name}")})


def _reserve(context: ResourceContext, name: str, props: Props) -> None:
    functions = context.client("lambda")
    if (reserved := props.get("ReservedConcurrentExecutions")) is None:
        functions.delete_function_concurrency(FunctionName=name)
    else:
        functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=int(reserved))


def _code(context: ResourceContext, code: Props) -> dict[str, Any]:
    """Returns the code to deploy. If no asset was uploaded (the functions run from the source tree), the code is a file with
    the asset's address, so that the deployed hash still changes exactly when the code does.
    """
    if "ZipFile" in code:
        return {"ZipFile": _zipped("index.py", code["ZipFile"])}
    if _uploaded(context, code):
        return pick(code, "S3Bucket", "S3Key", "S3ObjectVersion")
    return {"ZipFile": _zipped("ASSET", f"s3://{code['S3Bucket']}/{code['S3Key']}")}


def _uploaded(context: ResourceContext, code: Props) -> bool:
    try:
        context.client("s3").head_object(Bucket=code["S3Bucket"], Key=code["S3Key"])
    except ClientError:
        return False
    return True


def _zipped(name: str, text: str) -> bytes:
    """Returns a zip of one file. The date is fixed, so the same text gives the same zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def _tags(props: Props) -> dict[str, dict[str, str]]:
    return {"Tags": {tag["Key"]: tag["Value"] for tag in props["Tags"]}} if "Tags" in props else {}


# --- event source mappings


POLLING = {
    "sqs": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "dynamodb": ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
}
"""What the function's role must allow on the source: Lambda polls it with that role."""


def _create_mapping(context: ResourceContext, props: Props) -> CreatedResource:
    """Refuses a role that does not allow to poll the source, as Lambda does."""
    source = props["EventSourceArn"]
    role = context.client("lambda").get_function_configuration(FunctionName=props["FunctionName"])["Role"]
    for action in POLLING[source.split(":")[2]]:
        if not allows(role_documents(context.account_id, role, action), (action, source), {}):
            raise ValueError(
                f"InvalidParameterValueException: the function's execution role {role} does not allow {action} on {source}"
            )
    resource = context.client("lambda").create_event_source_mapping(**without(props, "Tags"))
    return CreatedResource(
        resource["UUID"], {"Id": resource["UUID"], "EventSourceMappingArn": resource["EventSourceMappingArn"]}
    )


def _update_mapping(context: ResourceContext, resource: CreatedResource, new: Props, old: Props) -> CreatedResource:
    """Replaces the mapping if a setting was dropped, which the API cannot do."""
    if old.keys() - new.keys():
        return _create_mapping(context, new)
    changes = without(new, "EventSourceArn", "StartingPosition", "StartingPositionTimestamp", "Tags")
    context.client("lambda").update_event_source_mapping(UUID=resource.id, **changes)
    return resource


def _delete_mapping(context: ResourceContext, resource: CreatedResource, _props: Props) -> None:
    context.client("lambda").delete_event_source_mapping(UUID=resource.id)


# --- permissions and failures


def _create_permission(context: ResourceContext, props: Props) -> CreatedResource:
    statement_id = context.name(100)
    context.client("lambda").add_permission(StatementId=statement_id, **props)
    return CreatedResource(statement_id, {"Id": statement_id})


def _delete_permission(context: ResourceContext, resource: CreatedResource, props: Props) -> None:
    context.client("lambda").remove_permission(FunctionName=props["FunctionName"], StatementId=resource.id)


def _put_failure_handling(context: ResourceContext, props: Props) -> CreatedResource:
    context.client("lambda").put_function_event_invoke_config(**props)
    return CreatedResource(f"{props['FunctionName']}|{props.get('Qualifier', '$LATEST')}")


def _update_failure_handling(
    context: ResourceContext, resource: CreatedResource, new: Props, old: Props
) -> CreatedResource:
    """Deletes the old configuration first: moto would add the new one after it, and use the first."""
    _delete_failure_handling(context, resource, old)
    return _put_failure_handling(context, new)


def _delete_failure_handling(context: ResourceContext, _created: CreatedResource, props: Props) -> None:
    context.client("lambda").delete_function_event_invoke_config(**pick(props, "FunctionName", "Qualifier"))


MODELS = (
    Model(
        "AWS::Lambda::Function",
        _create_function,
        _update_function,
        _delete_function,
        frozenset({"Arn"}),
        frozenset({"FunctionName", "PackageType"}),
    ),
    Model(
        "AWS::Lambda::EventSourceMapping",
        _create_mapping,
        _update_mapping,
        _delete_mapping,
        frozenset({"EventSourceMappingArn", "Id"}),
        frozenset({"EventSourceArn", "StartingPosition", "StartingPositionTimestamp"}),
    ),
    Model(
        "AWS::Lambda::Permission",
        _create_permission,
        no_update,
        _delete_permission,
        frozenset({"Id"}),
        frozenset({"Action", "EventSourceToken", "FunctionName", "Principal", "SourceAccount", "SourceArn"}),
    ),
    Model(
        "AWS::Lambda::EventInvokeConfig",
        _put_failure_handling,
        _update_failure_handling,
        _delete_failure_handling,
        replaced_by=frozenset({"FunctionName", "Qualifier"}),
    ),
)
