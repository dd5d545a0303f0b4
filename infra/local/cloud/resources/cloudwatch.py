"""AWS::CloudWatch::Alarm and Dashboard. Putting one replaces it as a whole, so that creating and updating are one call."""

from infra.local.cloud.resources.model import Made, Model, Props, Site, without


def _put(site: Site, name: str, props: Props) -> Made:
    alarm = {key: float(value) if key == "Threshold" else value for key, value in without(props, "AlarmName").items()}
    site.client("cloudwatch").put_metric_alarm(AlarmName=name, **alarm)
    return Made(name, {"Arn": site.arn("cloudwatch", f"alarm:{name}")})


def _create(site: Site, props: Props) -> Made:
    return _put(site, props.get("AlarmName") or site.name(255), props)


def _update(site: Site, made: Made, new: Props, _old: Props) -> Made:
    return _put(site, made.id, new)


def _delete(site: Site, made: Made, _props: Props) -> None:
    site.client("cloudwatch").delete_alarms(AlarmNames=[made.id])


def _put_dashboard(site: Site, name: str, props: Props) -> Made:
    site.client("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=props["DashboardBody"])
    return Made(name, {})


def _create_dashboard(site: Site, props: Props) -> Made:
    return _put_dashboard(site, props.get("DashboardName") or site.name(255), props)


def _update_dashboard(site: Site, made: Made, new: Props, _old: Props) -> Made:
    return _put_dashboard(site, made.id, new)


def _delete_dashboard(site: Site, made: Made, _props: Props) -> None:
    site.client("cloudwatch").delete_dashboards(DashboardNames=[made.id])


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
