"""Lambda: moto keeps functions, it must never run one.

moto starts Docker when a message reaches a queue, table or topic with a function behind it. The local stack's pump
delivers instead, so moto's own deliveries are told that there is nobody to deliver to. An Invoke over the API has to reach
the local stack's functions by another way than moto.
"""

from typing import Any

from moto.awslambda.models import LambdaBackend
from moto.core.exceptions import JsonRESTError
from moto.sqs.models import Queue


def install() -> None:
    # Even a delivery that comes to nothing receives the queue's messages, and their receive counts rise.
    Queue.lambda_event_source_mappings = property(_nobody, _forget)
    LambdaBackend.send_dynamodb_items = _undelivered
    LambdaBackend.send_sns_message = _undelivered
    LambdaBackend.invoke = _refuse


def _nobody(_self: Queue) -> dict[str, Any]:
    return {}


def _forget(_self: Queue, _mappings: dict[str, Any]) -> None:
    pass


def _undelivered(*_args: Any, **_kwargs: Any) -> bool:
    """Nothing was delivered: the message stays where it is."""
    return False


def _refuse(_self: LambdaBackend, function_name: str, *_args: Any, **_kwargs: Any) -> None:
    raise JsonRESTError("ServiceException", f"the local cloud keeps functions and runs none: {function_name}")
