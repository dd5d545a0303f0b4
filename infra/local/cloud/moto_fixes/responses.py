"""Responses: a call costs a third.

For every request moto's server searches its own folders on disk, and the addresses of all services. For every service, it lists the
folders of all models. Each look into the account's state begins with a list of all accounts and of all services in use. It lists the methods of the service's
class, decodes the host's name, parses a JSON body as a form, and draws each of the 52 characters of the request's id by a call. And for every member of
every value in a response, it computes all the names that any service might use for it.
"""

import functools
import string
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from moto.core import loaders, responses, utils
from moto.core.base_backend import BackendDict
from moto.core.request import Request
from moto.core.serialize import AttributePickerContext, XFormedAttributePicker
from moto.moto_api._internal.moto_random import MotoRandom
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

find_backend = DomainDispatcherApplication.get_backend_for_host
pick = XFormedAttributePicker.__call__
possible_names = XFormedAttributePicker.get_possible_keys
raw_url = Request.raw_url.fget
set_up = responses.BaseResponse.setup_class
call_action = responses.BaseResponse.call_action
load_model = utils._load_service_model  # noqa: SLF001  (the function to fix)
random_string = MotoRandom.get_random_string
state_of = BackendDict.__getitem__
_names: dict[tuple[Any, str], tuple[str, ...]] = {}


def install() -> None:
    DomainDispatcherApplication.get_backend_for_host = functools.lru_cache(find_backend)
    XFormedAttributePicker.__call__ = _pick_cached
    responses.method_names_from_class = functools.cache(lambda kind: frozenset(utils.method_names_from_class(kind)))
    responses.parse_qsl = _parse_form
    utils.create_loader = _loader
    Request.raw_url = property(_raw_url)
    MotoRandom.get_random_string = _random_string
    BackendDict.__getitem__ = _state_of


@functools.cache
def _loader() -> Any:
    return loaders.create_loader()


def _state_of(self: BackendDict, account_id: str) -> Any:
    """A service is listed as one in use when its first account is added. To reset all services, moto removes the accounts, too."""
    return state_of(self, account_id) if (existing := self.get(account_id)) is None else existing


def _parse_form(body: str, **options: Any) -> list[tuple[str, str]]:
    """Returns a JSON document as the name of one field without a value, which is what moto makes of one without & and =."""
    return [(body, "")] if body.startswith("{") else parse_qsl(body, **options)


def _raw_url(self: Request) -> str:
    query = f"?{self.query_string.decode()}" if self.query_string else ""
    return f"{self.scheme}://{self.host}{self.raw_path}{query}"


def _random_string(self: MotoRandom, length: int = 20, include_digits: bool = True, lower_case: bool = False) -> str:
    pool = string.ascii_letters + (string.digits if include_digits else "")
    text = "".join(self.choices(pool, k=length))
    return text.lower() if lower_case else text


def _pick_cached(self: XFormedAttributePicker, context: AttributePickerContext) -> Any:
    """Caches the names of a plain dict's member: they depend on the shape and the key only."""
    if type(context.obj) is not dict or self.response_transformers:
        return pick(self, context)
    return next((context.obj[name] for name in _cached_names(self, context) if name in context.obj), None)


def _cached_names(picker: XFormedAttributePicker, context: AttributePickerContext) -> Iterator[str]:
    cache_key = (context.shape, context.key)
    if cache_key not in _names:
        _names[cache_key] = tuple(possible_names(picker, context))
    return iter(_names[cache_key])
