"""Imports moto without what takes most of its import, and serves operations that we do not have.

moto's CloudFormation imports every service that it can deploy: API Gateway has a validator of OpenAPI documents for ImportRestApi, whose
grammar of addresses takes 1.5 s, and EC2 reads a list of all types of instances.
"""

import importlib
import sys
from types import ModuleType
from typing import Any

_VALIDATOR = "openapi_spec_validator"
_REPLACED = (_VALIDATOR, f"{_VALIDATOR}.validation", f"{_VALIDATOR}.validation.exceptions")
_UNREAD = "ec2/resources/instance_type"


class UnsupportedImport(Exception):
    """A REST API of API Gateway cannot be imported from an OpenAPI document here."""

    message = "the local account imports no OpenAPI document: create the API's resources one by one"


def validate(*_args: object, **_options: object) -> None:
    raise UnsupportedImport


def import_services() -> None:
    """Leaves the validator to other importers, as it was."""
    _import_ec2()
    if _VALIDATOR not in sys.modules:
        sys.modules.update({name: _substitute(name) for name in _REPLACED})
        try:
            importlib.import_module("moto.apigateway.models")
        finally:
            for name in _REPLACED:
                del sys.modules[name]


def _substitute(name: str) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(validate=validate, OpenAPIValidationError=UnsupportedImport, __path__=[])
    return module


def _import_ec2() -> None:
    utils: Any = importlib.import_module("moto.utilities.utils")
    load = utils.load_resource
    utils.load_resource = lambda path: {} if path.startswith(_UNREAD) else load(path)
    try:
        importlib.import_module("moto.ec2.models")
    finally:
        utils.load_resource = load
