"""The SDK's clients with the errors of our own: for the command line and the local stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from msgspec import Struct

from functions.adapters.aws.errors import ConnectError, Exceptions, ReadTimeout, error_class


class SdkClient:
    """A boto3 client whose methods raise the errors of adapters.aws.errors."""

    def __init__(self, client: Any) -> None:
        self.exceptions = Exceptions()
        self._client = client

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._client, name)
        return _translated(attribute) if callable(attribute) else attribute

    def close(self) -> None:
        self._client.close()

    def get_paginator(self, name: str) -> SdkPages:
        return SdkPages(self._client.get_paginator(name))


class SdkPages(Struct, frozen=True):
    """Each page is a call, and fails as one."""

    paginator: Any

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        with _translating():
            yield from self.paginator.paginate(**request)


def _translated(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def translated(*args: Any, **request: Any) -> Any:
        with _translating():
            return method(*args, **request)

    return translated


@contextmanager
def _translating() -> Iterator[None]:
    from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, HTTPClientError

    try:
        yield
    except ClientError as error:
        raise error_class(error.response["Error"]["Code"])(error.response, error.operation_name) from error
    except (EndpointConnectionError, ConnectTimeoutError) as error:
        raise ConnectError(str(error)) from error
    except HTTPClientError as error:  # a timeout or a broken connection after the request was on its way
        raise ReadTimeout(str(error)) from error
