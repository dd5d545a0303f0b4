"""Lambda functions, what calls them, and what becomes of their failures. moto keeps them; running them is another room's.

moto's own models drop half of a function's settings and refuse code whose object is not in S3.
"""

import io
import zipfile
from typing import Any, Final

from botocore.exceptions import ClientError

from infra.local.cloud.resources.model import Made, Model, Props, Site, keep, picked, without

_CODE: Final = ("Code", "Architectures", "ReservedConcurrentExecutions", "Tags", "FunctionName")
# What a function has of each setting that a template may drop again.
_DEFAULTS: Final = {"Description": "", "MemorySize": 128, "Timeout": 3, "Environment": {"Variables": {}}, "Layers": []}
# Settings that CloudFormation knows and botocore's CreateFunction does not.
_NOT_IN_API: Final = ("RuntimeManagementConfig", "RecursiveLoop")


def _create_function(site: Site, props: Props) -> Made:
    name = props.get("FunctionName") or site.name()
    functions = site.client("lambda")
    functions.create_function(
        FunctionName=name,
        Code=_code(site, props["Code"]),
        **without(props, *_CODE, *_NOT_IN_API),
        **picked(props, "Architectures"),
        **_tags(props),
    )
    _reserve(site, name, props)
    return _made_function(site, name)


def _update_function(site: Site, made: Made, new: Props, old: Props) -> Made:
    functions = site.client("lambda")
    settings = {**picked(_DEFAULTS, *old), **without(new, *_CODE, *_NOT_IN_API)}
    functions.update_function_configuration(FunctionName=made.id, **settings)
    if new["Code"] != old["Code"]:
        functions.update_function_code(FunctionName=made.id, **_code(site, new["Code"]))
    _reserve(site, made.id, new)
    return made


def _delete_function(site: Site, made: Made, _props: Props) -> None:
    site.client("lambda").delete_function(FunctionName=made.id)


def _made_function(site: Site, name: str) -> Made:
    return Made(name, {"Arn": site.arn("lambda", f"function:{name}")})


def _reserve(site: Site, name: str, props: Props) -> None:
    functions = site.client("lambda")
    if (reserved := props.get("ReservedConcurrentExecutions")) is None:
        functions.delete_function_concurrency(FunctionName=name)
    else:
        functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=int(reserved))


def _code(site: Site, code: Props) -> dict[str, Any]:
    """The code to deploy. Where no asset was uploaded (the functions run from the source tree) a note of the asset's
    address stands in for it, so that the deployed hash still changes exactly when the code does.
    """
    if "ZipFile" in code:
        return {"ZipFile": _zipped("index.py", code["ZipFile"])}
    if _uploaded(site, code):
        return picked(code, "S3Bucket", "S3Key", "S3ObjectVersion")
    return {"ZipFile": _zipped("ASSET", f"s3://{code['S3Bucket']}/{code['S3Key']}")}


def _uploaded(site: Site, code: Props) -> bool:
    try:
        site.client("s3").head_object(Bucket=code["S3Bucket"], Key=code["S3Key"])
    except ClientError:
        return False
    return True


def _zipped(name: str, text: str) -> bytes:
    """A zip of one file, the same for the same text: the date is fixed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def _tags(props: Props) -> dict[str, dict[str, str]]:
    return {"Tags": {tag["Key"]: tag["Value"] for tag in props["Tags"]}} if "Tags" in props else {}


# --- event source mappings


def _create_mapping(site: Site, props: Props) -> Made:
    made = site.client("lambda").create_event_source_mapping(**without(props, "Tags"))
    return Made(made["UUID"], {"Id": made["UUID"], "EventSourceMappingArn": made["EventSourceMappingArn"]})


def _update_mapping(site: Site, made: Made, new: Props, old: Props) -> Made:
    """A dropped setting needs a new mapping: the API only sets."""
    if old.keys() - new.keys():
        return _create_mapping(site, new)
    changes = without(new, "EventSourceArn", "StartingPosition", "StartingPositionTimestamp", "Tags")
    site.client("lambda").update_event_source_mapping(UUID=made.id, **changes)
    return made


def _delete_mapping(site: Site, made: Made, _props: Props) -> None:
    site.client("lambda").delete_event_source_mapping(UUID=made.id)


# --- permissions and failures


def _create_permission(site: Site, props: Props) -> Made:
    statement_id = site.name(100)
    site.client("lambda").add_permission(StatementId=statement_id, **props)
    return Made(statement_id, {"Id": statement_id})


def _delete_permission(site: Site, made: Made, props: Props) -> None:
    site.client("lambda").remove_permission(FunctionName=props["FunctionName"], StatementId=made.id)


def _put_failure_handling(site: Site, props: Props) -> Made:
    site.client("lambda").put_function_event_invoke_config(**props)
    return Made(f"{props['FunctionName']}|{props.get('Qualifier', '$LATEST')}")


def _update_failure_handling(site: Site, made: Made, new: Props, old: Props) -> Made:
    """Take the old one away first: moto puts the new one behind it, and goes by the first."""
    _delete_failure_handling(site, made, old)
    return _put_failure_handling(site, new)


def _delete_failure_handling(site: Site, _made: Made, props: Props) -> None:
    site.client("lambda").delete_function_event_invoke_config(**picked(props, "FunctionName", "Qualifier"))


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
        keep,
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
