"""AWS::CloudWatch::Alarm and Dashboard. A put replaces the whole resource, so create and update are the same call."""

from infra.local.cloud.resources.model import CreatedResource, Model, Props, ResourceContext, without


def _put(context: ResourceContext, name: str, props: Props) -> CreatedResource:
    alarm = {key: float(value) if key == "Threshold" else value for key, value in without(props, "AlarmName").items()}
    context.client("cloudwatch").put_metric_alarm(AlarmName=name, **alarm)
    return CreatedResource(name, {"Arn": context.arn("cloudwatch", f"alarm:{name}")})


def _create(context: ResourceContext, props: Props) -> CreatedResource:
    return _put(context, props.get("AlarmName") or context.name(255), props)


def _update(context: ResourceContext, resource: CreatedResource, new: Props, _old: Props) -> CreatedResource:
    return _put(context, resource.id, new)


def _delete(context: ResourceContext, resource: CreatedResource, _props: Props) -> None:
    context.client("cloudwatch").delete_alarms(AlarmNames=[resource.id])


def _put_dashboard(context: ResourceContext, name: str, props: Props) -> CreatedResource:
    context.client("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=props["DashboardBody"])
    return CreatedResource(name, {})


def _create_dashboard(context: ResourceContext, props: Props) -> CreatedResource:
    return _put_dashboard(context, props.get("DashboardName") or context.name(255), props)


def _update_dashboard(context: ResourceContext, resource: CreatedResource, new: Props, _old: Props) -> CreatedResource:
    return _put_dashboard(context, resource.id, new)


def _delete_dashboard(context: ResourceContext, resource: CreatedResource, _props: Props) -> None:
    context.client("cloudwatch").delete_dashboards(DashboardNames=[resource.id])


MODELS = (
    Model("AWS::CloudWatch::Alarm", _create, _update, _delete, frozenset({"Arn"}), frozenset({"AlarmName"})),
    Model(
        "AWS::CloudWatch::Dashboard",
        _create_dashboard,
        _update_dashboard,
        _delete_dashboard,
        frozenset(),
        frozenset({"DashboardName"}),
    ),
)
