"""Our models in the shape that moto's CloudFormation expects of its own."""

from typing import Any

from moto.cloudformation.exceptions import UnformattedGetAttTemplateException

from infra.local.cloud.resources.model import ClientOf, Made, Model, Props, Site


class Resource:
    """One deployed resource; moto reads and sets the attributes that it names."""

    logical_resource_id: str
    cf_resource_type: str

    def __init__(self, model: Model, site: Site, made: Made, props: Props) -> None:
        self.model = model
        self.site = site
        self.made = made
        self.props = props
        self.logical_resource_id = site.logical_id
        self.cf_resource_type = model.type

    @property
    def physical_resource_id(self) -> str:
        return self.made.id

    def get_cfn_attribute(self, name: str) -> Any:
        if name not in self.made.attributes:
            raise UnformattedGetAttTemplateException
        return self.made.attributes[name]

    def is_created(self) -> bool:
        return True

    def updated(self, props: Props) -> "Resource":
        """The resource brought to `props`: itself, or a new one in its place, in which case the caller deletes this."""
        if self.model.replaces(props, self.props):
            return Resource(self.model, self.site, self.model.create(self.site, props), props)
        return Resource(self.model, self.site, self.model.update(self.site, self.made, props, self.props), props)

    def delete(self, _account_id: str, _region: str) -> None:
        self.model.delete(self.site, self.made, self.props)


class ResourceKind:
    """A type, where moto has a class per type."""

    def __init__(self, model: Model, client: ClientOf) -> None:
        self._model = model
        self._client = client

    def has_cfn_attr(self, name: str) -> bool:
        return name in self._model.attributes

    def create_from_cloudformation_json(
        self, _name: str, resource: dict[str, Any], account_id: str, region: str, **at: str
    ) -> Resource:
        stack = at["StackId"].split("/")[1]
        site = Site(self._client, account_id, region, stack, at["LogicalId"])
        props = resource["Properties"]
        return Resource(self._model, site, self._model.create(site, props), props)

    def update_from_cloudformation_json(
        self,
        original_resource: Resource,
        new_resource_name: str,  # noqa: ARG002  (moto passes it by keyword)
        cloudformation_json: dict[str, Any],
        account_id: str,  # noqa: ARG002  (moto passes it by keyword)
        region_name: str,  # noqa: ARG002  (moto passes it by keyword)
    ) -> Resource:
        return original_resource.updated(cloudformation_json["Properties"])
