"""Answers: half of what a call costs, for nothing.

For every request moto's server looks through its own folders on disk, and through the addresses of all services. And for every member of
every value in an answer, moto works out anew all the names that some service might have it under.
"""

import functools
from collections.abc import Iterator
from typing import Any

from moto.core.serialize import AttributePickerContext, XFormedAttributePicker
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

find_backend = DomainDispatcherApplication.get_backend_for_host
pick = XFormedAttributePicker.__call__
possible_names = XFormedAttributePicker.get_possible_keys
_names: dict[tuple[Any, str], tuple[str, ...]] = {}


def install() -> None:
    DomainDispatcherApplication.get_backend_for_host = functools.lru_cache(find_backend)
    XFormedAttributePicker.__call__ = _picked


def _picked(self: XFormedAttributePicker, context: AttributePickerContext) -> Any:
    """Of a plain dict it depends on the shape and the key alone under which names to look: they are kept."""
    if type(context.obj) is not dict or self.response_transformers:
        return pick(self, context)
    return next((context.obj[name] for name in _kept_names(self, context) if name in context.obj), None)


def _kept_names(picker: XFormedAttributePicker, context: AttributePickerContext) -> Iterator[str]:
    asked = (context.shape, context.key)
    if asked not in _names:
        _names[asked] = tuple(possible_names(picker, context))
    return iter(_names[asked])
