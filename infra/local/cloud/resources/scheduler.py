"""EventBridge Scheduler's schedules and their groups. The local stack fires them, not the account."""

from infra.local.cloud.resources.model import CreatedResource, Model, Props, ResourceContext, pick, tag_list, without


def _create_group(context: ResourceContext, props: Props) -> CreatedResource:
    name = props.get("Name") or context.name()
    tags = {"Tags": tag_list(props["Tags"])} if "Tags" in props else {}
    arn = context.client("scheduler").create_schedule_group(Name=name, **tags)["ScheduleGroupArn"]
    return CreatedResource(name, {"Arn": arn})


def _update_group(context: ResourceContext, resource: CreatedResource, new: Props, old: Props) -> CreatedResource:
    scheduler, arn = context.client("scheduler"), resource.attributes["Arn"]
    if gone := [tag["Key"] for tag in tag_list(old.get("Tags"))]:
        scheduler.untag_resource(ResourceArn=arn, TagKeys=gone)
    if tags := tag_list(new.get("Tags")):
        scheduler.tag_resource(ResourceArn=arn, Tags=tags)
    return resource


def _delete_group(context: ResourceContext, resource: CreatedResource, _props: Props) -> None:
    context.client("scheduler").delete_schedule_group(Name=resource.id)


def _create_schedule(context: ResourceContext, props: Props) -> CreatedResource:
    name = props.get("Name") or context.name()
    arn = context.client("scheduler").create_schedule(Name=name, **without(props, "Name"))["ScheduleArn"]
    return CreatedResource(name, {"Arn": arn})


def _update_schedule(context: ResourceContext, resource: CreatedResource, new: Props, _old: Props) -> CreatedResource:
    """Updates the schedule and always sets its state: UpdateSchedule replaces every setting, and moto drops an absent state."""
    context.client("scheduler").update_schedule(**{"State": "ENABLED", **without(new, "Name")}, Name=resource.id)
    return resource


def _delete_schedule(context: ResourceContext, resource: CreatedResource, props: Props) -> None:
    context.client("scheduler").delete_schedule(Name=resource.id, **pick(props, "GroupName"))


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
