"""Lambda: moto stores functions and must never run one.

moto starts Docker when a message reaches a queue, table or topic with a function behind it. The local stack's event
source mappings deliver instead, so moto's own deliveries find no function. moto refuses an Invoke over the API.
"""

from typing import Any

from moto.awslambda.models import LambdaBackend
from moto.core.exceptions import JsonRESTError
from moto.sqs.models import Queue


def install() -> None:
    # Even a failing delivery receives the queue's messages, which increments their receive counts.
    Queue.lambda_event_source_mappings = property(_no_mappings, _ignore_mappings)
    LambdaBackend.send_dynamodb_items = _undelivered
    LambdaBackend.send_sns_message = _undelivered
    LambdaBackend.invoke = _refuse


def _no_mappings(_self: Queue) -> dict[str, Any]:
    return {}


def _ignore_mappings(_self: Queue, _mappings: dict[str, Any]) -> None:
    pass


def _undelivered(*_args: Any, **_kwargs: Any) -> bool:
    """Returns False, for "not delivered": the message stays in its source."""
    return False


def _refuse(_self: LambdaBackend, function_name: str, *_args: Any, **_kwargs: Any) -> None:
    raise JsonRESTError("ServiceException", f"the local cloud stores functions and runs none: {function_name}")
