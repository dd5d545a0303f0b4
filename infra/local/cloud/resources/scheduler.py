"""EventBridge Scheduler's schedules and their groups. The clock that fires them is the local stack's, not the account's."""

from infra.local.cloud.resources.model import Made, Model, Props, Site, picked, tag_list, without


def _create_group(site: Site, props: Props) -> Made:
    name = props.get("Name") or site.name()
    tags = {"Tags": tag_list(props["Tags"])} if "Tags" in props else {}
    arn = site.client("scheduler").create_schedule_group(Name=name, **tags)["ScheduleGroupArn"]
    return Made(name, {"Arn": arn})


def _update_group(site: Site, made: Made, new: Props, old: Props) -> Made:
    scheduler, arn = site.client("scheduler"), made.attributes["Arn"]
    if gone := [tag["Key"] for tag in tag_list(old.get("Tags"))]:
        scheduler.untag_resource(ResourceArn=arn, TagKeys=gone)
    if tags := tag_list(new.get("Tags")):
        scheduler.tag_resource(ResourceArn=arn, Tags=tags)
    return made


def _delete_group(site: Site, made: Made, _props: Props) -> None:
    site.client("scheduler").delete_schedule_group(Name=made.id)


def _create_schedule(site: Site, props: Props) -> Made:
    name = props.get("Name") or site.name()
    arn = site.client("scheduler").create_schedule(Name=name, **without(props, "Name"))["ScheduleArn"]
    return Made(name, {"Arn": arn})


def _update_schedule(site: Site, made: Made, new: Props, _old: Props) -> Made:
    """UpdateSchedule replaces every setting, but moto forgets the state when none is given."""
    site.client("scheduler").update_schedule(**{"State": "ENABLED", **without(new, "Name")}, Name=made.id)
    return made


def _delete_schedule(site: Site, made: Made, props: Props) -> None:
    site.client("scheduler").delete_schedule(Name=made.id, **picked(props, "GroupName"))


MODELS = (
    Model(
        "AWS::Scheduler::ScheduleGroup",
        _create_group,
        _update_group,
        _delete_group,
        frozenset({"Arn"}),
        frozenset({"Name"}),
    ),
    Model(
        "AWS::Scheduler::Schedule",
        _create_schedule,
        _update_schedule,
        _delete_schedule,
        frozenset({"Arn"}),
        frozenset({"GroupName", "Name"}),
    ),
)
