"""A deployed stage from outside: the product's own adapters on the resources that its stack's outputs name."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from functions.settings import LOCAL
from infra.cli.errors import UnavailableError, camel_case

if TYPE_CHECKING:
    from functions.core.access.actor import Actor
    from functions.core.access.audit import AuditAction
    from functions.routes.http.gate import ApiRequest
    from functions.wiring.container import Container, Factory
    from infra.local.state_file import RunningStack

DEFAULT_STAGE = "prod"
PAGE_MAX = 100  # results that one page of the API holds

Answer = TypeVar("Answer")
T = TypeVar("T")


class Stage:
    """Opened when it is first used. AWS gets the credentials, the region and the endpoint of the environment, the local stack its own.
    `new_client` replaces both.
    """

    def __init__(self, name: str, new_client: Callable[..., Any] | None = None) -> None:
        self.name = name
        self._new_client = new_client

    @cached_property
    def container(self) -> Container:
        """Raises UnavailableError."""
        from functions.settings import SettingError, Settings
        from functions.wiring import Container
        from infra.local.moved_clock import MovedClock

        try:
            settings = Settings.from_env(json.loads(self.outputs().get("Settings", "{}")))
        except SettingError as error:
            raise UnavailableError(
                f"stage {self.name} runs another version than this command: deploy it again ({error})"
            ) from error
        container = Container(settings, self.client)
        if self.running:
            container.clock = MovedClock(Path(self.running.clock_file))
        return container

    @cached_property
    def operator(self) -> str:
        """The ARN of the AWS identity that runs the command, for the audit log."""
        return str(self.client("sts").get_caller_identity()["Arn"])

    @property
    def actor(self) -> Actor:
        """The operator as the actor of a step."""
        from functions.core.access.actor import unrestricted

        return unrestricted(self.operator)

    @cached_property
    def running(self) -> RunningStack | None:
        """The local stack that this stage is. It is None for a stage in AWS, or if AWS_ENDPOINT_URL names a stack without a state file.
        Raises UnavailableError.
        """
        from infra.local import state_file

        if self.name != LOCAL:
            return None
        stacks = state_file.find()
        endpoint = os.environ.get("AWS_ENDPOINT_URL")
        if endpoint:
            return next((stack for stack in stacks.alive if stack.aws_url == endpoint.rstrip("/")), None)
        if not stacks.alive:
            raise UnavailableError(f"no local stack runs: start one with `staffetta local`{stacks.stale_clause()}")
        return stacks.alive[0]

    def get(self, factory: Factory[T]) -> T:
        """The object that a factory makes on this stage."""
        return self.container.get(factory)

    def client(self, service: str, **options: Any) -> Any:
        """Creates a client as boto3.client does."""
        if self._new_client:
            return self._new_client(service, **options)
        endpoint = {"endpoint_url": self.running.aws_url} if self.running else {}
        return self._session.client(service, **endpoint, **options)

    def call(
        self,
        operation: Callable[[ApiRequest], Answer],
        *,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
        json_body: Mapping[str, object] | None = None,
    ) -> Answer:
        """Runs one of the API's operations, with the same checks, the same answer and the same entry in the audit log. A None in `query`
        and `body` is absent. `json_body` is a body with the API's own names, in place of one made from options.
        """
        import msgspec

        from functions.core.access.actor import unrestricted
        from functions.http.request import Request
        from functions.routes.access.audited import audited, has_entry
        from functions.wiring import using

        name = operation.__name__
        sent = json_body if body is None else fields_of(body)
        request = Request(
            caller=self.actor if has_entry(name) else unrestricted(""),
            path_parameters={name: str(value) for name, value in (path or {}).items()},
            query={name: _query_text(value) for name, value in fields_of(query or {}).items()},
            headers={},
            body=msgspec.json.encode(sent) if sent is not None else b"",
        )
        with using(self.container):
            answer: Answer = audited({name: operation})[name](request)
            return answer

    def audit(self, action: AuditAction, subject: object, **detail: str | int) -> None:
        """Adds an entry to the audit log, for a command that runs a step itself. Call it when the step is done."""
        from functions import wiring

        self.get(wiring.access.audit_log)(action, self.actor, str(subject), **detail)

    def collect(
        self,
        operation: Callable[[ApiRequest], Any],
        limit: int,
        *,
        query: Mapping[str, object] | None = None,
        path: Mapping[str, object] | None = None,
    ) -> list[Any]:
        """The results of a paged operation, page by page, up to a limit."""
        results: list[Any] = []

        def read(after: str | None) -> Any:
            size = min(limit - len(results), PAGE_MAX)
            return self.call(operation, path=path, query={**(query or {}), "limit": size, "after": after})

        for rows in pages_of(read):
            results += rows
            if len(results) >= limit:
                break
        return results

    def lacks_service(self) -> bool:
        """Returns whether only the State stack is deployed: Service was deleted, or its first deployment was rolled back. Raises
        UnavailableError.
        """
        from infra.deployed_stage import has_succeeded, service_stack, state_stack

        service, state = self._find(service_stack(self.name)), self._find(state_stack(self.name))
        return state is not None and not has_succeeded(service)

    def outputs(self) -> dict[str, str]:
        """The outputs of the stage's stack. Raises UnavailableError."""
        from infra.deployed_stage import has_succeeded, service_stack

        name = service_stack(self.name)
        stack = self._find(name)
        if stack is None:
            raise self._unreadable(name, "it does not exist")
        if not has_succeeded(stack):
            raise UnavailableError(
                f"stack {name} does not run ({stack['StackStatus']}): deploy it again, or see with `staffetta uninstall` what the stage has"
            )
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def _find(self, name: str) -> Mapping[str, Any] | None:
        from botocore.exceptions import BotoCoreError, ClientError

        from infra.deployed_stage import find_stack

        try:
            return find_stack(name, self.client)
        except (BotoCoreError, ClientError) as error:
            raise self._unreadable(name, error) from error

    def _unreadable(self, name: str, reason: object) -> UnavailableError:
        return UnavailableError(
            f"stack {name} cannot be read ({reason}): check --stage, AWS_REGION and the credentials{self._local_clause()}"
        )

    def _local_clause(self) -> str:
        """A clause about the local stack that runs, for a person who meant that one."""
        from infra.local import state_file

        runs = self.name != LOCAL and state_file.find().alive
        return ". The local stack that runs here is --stage local" if runs else ""

    @cached_property
    def _session(self) -> Any:
        import boto3

        from infra.sessions import session

        if self.running:  # never the credentials of a real account
            return boto3.Session("local", "local", region_name=self.running.region)
        return session()


def pages_of(read: Callable[[str | None], Any]) -> Iterator[list[Any]]:
    """Yields the results of each page of a listing. `read` gets the cursor of a page, or None for the first one."""
    after: str | None = None
    while True:
        rows, after = _read_page(read(after))
        yield rows
        if after is None:
            return


def _read_page(page: Any) -> tuple[list[Any], str | None]:
    """The results of a page, and the cursor of the next one. A page of emails is an object, since an email has its author's fields."""
    if isinstance(page, dict):
        return page["results"], page.get("paging", {}).get("next", {}).get("after")
    return page.results, page.paging.next.after if page.paging else None


def fields_of(options: Mapping[str, object]) -> dict[str, object]:
    """The fields of a request from options, without the unused ones."""
    return {camel_case(name): value for name, value in options.items() if value not in (None, ())}


def _query_text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
