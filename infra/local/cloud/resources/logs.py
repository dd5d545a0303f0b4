"""AWS::Logs::LogGroup. moto's own model cannot be updated, so that a changed retention would fail the stack."""

from infra.local.cloud.resources.model import CreatedResource, Model, Props, ResourceContext, tag_list


def _create(context: ResourceContext, props: Props) -> CreatedResource:
    name = props.get("LogGroupName") or context.name(512)
    tags = {tag["Key"]: tag["Value"] for tag in tag_list(props.get("Tags"))}
    context.client("logs").create_log_group(logGroupName=name, tags=tags)
    _retain(context, name, props)
    return CreatedResource(name, {"Arn": context.arn("logs", f"log-group:{name}:*")})


def _update(context: ResourceContext, resource: CreatedResource, new: Props, _old: Props) -> CreatedResource:
    _retain(context, resource.id, new)
    return resource


def _retain(context: ResourceContext, name: str, props: Props) -> None:
    if "RetentionInDays" in props:
        context.client("logs").put_retention_policy(logGroupName=name, retentionInDays=props["RetentionInDays"])
    else:
        context.client("logs").delete_retention_policy(logGroupName=name)


def _delete(context: ResourceContext, resource: CreatedResource, _props: Props) -> None:
    context.client("logs").delete_log_group(logGroupName=resource.id)


MODELS = (Model("AWS::Logs::LogGroup", _create, _update, _delete, frozenset({"Arn"}), frozenset({"LogGroupName"})),)
