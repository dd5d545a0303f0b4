"""AWS::Logs::LogGroup. moto's own model cannot be updated, so that a changed retention would fail the stack."""

from infra.local.cloud.resources.model import Made, Model, Props, Site, tag_list


def _create(site: Site, props: Props) -> Made:
    name = props.get("LogGroupName") or site.name(512)
    tags = {tag["Key"]: tag["Value"] for tag in tag_list(props.get("Tags"))}
    site.client("logs").create_log_group(logGroupName=name, tags=tags)
    _retain(site, name, props)
    return Made(name, {"Arn": site.arn("logs", f"log-group:{name}:*")})


def _update(site: Site, made: Made, new: Props, _old: Props) -> Made:
    _retain(site, made.id, new)
    return made


def _retain(site: Site, name: str, props: Props) -> None:
    if "RetentionInDays" in props:
        site.client("logs").put_retention_policy(logGroupName=name, retentionInDays=props["RetentionInDays"])
    else:
        site.client("logs").delete_retention_policy(logGroupName=name)


def _delete(site: Site, made: Made, _props: Props) -> None:
    site.client("logs").delete_log_group(logGroupName=made.id)


MODELS = (Model("AWS::Logs::LogGroup", _create, _update, _delete, frozenset({"Arn"}), frozenset({"LogGroupName"})),)
