"""AWS::CloudWatch::Alarm. PutMetricAlarm replaces the whole alarm, so that creating and updating are one call."""

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


MODELS = (Model("AWS::CloudWatch::Alarm", _create, _update, _delete, frozenset({"Arn"}), frozenset({"AlarmName"})),)
