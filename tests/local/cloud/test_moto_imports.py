"""moto's import is short, the libraries that it skips are whole for others, and stock moto still needs it."""

import inspect
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError
from moto.apigateway import models as api_gateway
from moto.core import loaders
from moto.ec2.models import instance_types

from infra.local.cloud import Cloud, moto_imports
from infra.local.cloud.moto_fixes import responses

SKIPPED = """
import sys
import infra.local.cloud
assert "rfc3987_syntax" not in sys.modules
import openapi_spec_validator
assert openapi_spec_validator.__file__, "it is the substitute"
from moto.utilities.utils import load_resource
assert load_resource("ec2/resources/instance_types.json")
"""


def test_it_leaves_others_the_whole_library() -> None:
    done = subprocess.run([sys.executable, "-c", SKIPPED], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_validator_that_is_imported_already_stays() -> None:
    first = "import openapi_spec_validator as real; import infra.local.cloud; from moto.apigateway import models; "
    subprocess.run([sys.executable, "-c", first + "assert models.validate is real.validate"], check=True)


def test_an_openapi_document_is_refused_with_the_reason(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another test's process may have imported the validator before the account."""
    monkeypatch.setattr(api_gateway, "validate", moto_imports.validate)
    monkeypatch.setattr(api_gateway, "OpenAPIValidationError", moto_imports.UnsupportedImport)
    with pytest.raises(ClientError, match="imports no OpenAPI document"):
        cloud.client("apigateway").import_rest_api(body=b'{"openapi": "3.0.0"}', failOnWarnings=True)


def test_stock_moto_reads_them_on_import() -> None:
    assert "from openapi_spec_validator import validate" in inspect.getsource(api_gateway)
    assert 'load_resource("ec2/resources/instance_types.json")' in inspect.getsource(instance_types)


def test_stock_moto_lists_the_models_for_each_service() -> None:
    assert "create_loader()" in inspect.getsource(responses.load_model)
    assert "cache" not in inspect.getsource(loaders.create_loader)
