"""Our models with the interface that moto's CloudFormation expects."""

from typing import Any

from moto.cloudformation.exceptions import UnformattedGetAttTemplateException

from infra.local.cloud.resources.model import ClientOf, CreatedResource, Model, Props, ResourceContext


class Resource:
    """One deployed resource. moto reads and sets the attributes that it names."""

    logical_resource_id: str
    cf_resource_type: str

    def __init__(self, model: Model, context: ResourceContext, resource: CreatedResource, props: Props) -> None:
        self.model = model
        self.context = context
        self.resource = resource
        self.props = props
        self.logical_resource_id = context.logical_id
        self.cf_resource_type = model.type

    @property
    def physical_resource_id(self) -> str:
        return self.resource.id

    def get_cfn_attribute(self, name: str) -> Any:
        if name not in self.resource.attributes:
            raise UnformattedGetAttTemplateException
        return self.resource.attributes[name]

    def is_created(self) -> bool:
        return True

    def updated(self, props: Props) -> "Resource":
        """Returns the resource updated to `props`: itself, or a replacement, in which case the caller deletes this one."""
        if self.model.replaces(props, self.props):
            return Resource(self.model, self.context, self.model.create(self.context, props), props)
        return Resource(
            self.model, self.context, self.model.update(self.context, self.resource, props, self.props), props
        )

    def delete(self, _account_id: str, _region: str) -> None:
        self.model.delete(self.context, self.resource, self.props)


class ResourceKind:
    """A type. moto has a class in its place."""

    def __init__(self, model: Model, client: ClientOf) -> None:
        self._model = model
        self._client = client

    def has_cfn_attr(self, name: str) -> bool:
        return name in self._model.attributes

    def create_from_cloudformation_json(
        self, _name: str, resource: dict[str, Any], account_id: str, region: str, **at: str
    ) -> Resource:
        stack = at["StackId"].split("/")[1]
        context = ResourceContext(self._client, account_id, region, stack, at["LogicalId"])
        props = resource["Properties"]
        return Resource(self._model, context, self._model.create(context, props), props)

    def update_from_cloudformation_json(
        self,
        original_resource: Resource,
        new_resource_name: str,  # noqa: ARG002  (moto passes it by keyword)
        cloudformation_json: dict[str, Any],
        account_id: str,  # noqa: ARG002  (moto passes it by keyword)
        region_name: str,  # noqa: ARG002  (moto passes it by keyword)
    ) -> Resource:
        return original_resource.updated(cloudformation_json["Properties"])
