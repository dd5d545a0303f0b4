"""AWS::CloudFront::Distribution and OriginAccessControl, as names only. The template of the local stage has none, and serves nothing over
them: infra/local/image_cdn.py does. The templates of other stages are deployed here to test their upgrade.
"""

import secrets

from infra.local.cloud.resources.model import CreatedResource, Model, Props, ResourceContext, no_delete, no_update


def _id() -> str:
    return "E" + secrets.token_hex(6).upper()


def _create_distribution(_context: ResourceContext, _props: Props) -> CreatedResource:
    name = _id()
    return CreatedResource(name, {"Id": name, "DomainName": f"{name.lower()}.cloudfront.net"})


def _create_access_control(_context: ResourceContext, _props: Props) -> CreatedResource:
    name = _id()
    return CreatedResource(name, {"Id": name})


MODELS = (
    Model("AWS::CloudFront::Distribution", _create_distribution, no_update, no_delete, frozenset({"Id", "DomainName"})),
    Model("AWS::CloudFront::OriginAccessControl", _create_access_control, no_update, no_delete, frozenset({"Id"})),
)
