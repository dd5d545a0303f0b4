"""A caller's properties as templates use them, and placeholders of missing ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from jinja2 import TemplateError, Undefined
from jinja2.exceptions import SecurityError


class Properties(Mapping[str, Any]):
    """Their own names come before any method's: `custom.items` is the property."""

    __slots__ = ("label", "missing", "values_", "wrapped")

    def __init__(self, label: str, values: Mapping[str, Any], missing: set[str]) -> None:
        self.label, self.values_, self.missing = label, values, missing
        self.wrapped: dict[str, Any] = {}  # wrapped values: a loop may read a long list at every turn

    def __getitem__(self, name: str) -> Any:
        if name not in self.wrapped:
            value = self.values_[name]
            if value is None:  # JSON's null means the same as a missing property
                raise KeyError(name)
            self.wrapped[name] = _wrapped(f"{self.label}.{name}", value, self.missing)
        return self.wrapped[name]

    def __contains__(self, name: object) -> bool:
        return self.values_.get(name) is not None  # type: ignore[call-overload]  # called with any value, as for every mapping

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)

    def __str__(self) -> str:
        return str(self.values_)


def _wrapped(label: str, value: Any, missing: set[str]) -> Any:
    if type(value) is str:  # the usual case, and a faster check than for a mapping
        return value
    if isinstance(value, Mapping):
        return Properties(label, value, missing)
    if isinstance(value, list):
        return [_wrapped(f"{label}[{number}]", item, missing) for number, item in enumerate(value)]
    return value


class Missing(Undefined):
    """A value that the request lacks. A test of its presence is allowed (`if`, `is defined`, `default`). Its use is recorded."""

    __slots__ = ()

    def _record_use(self) -> None:
        if self._undefined_exception is not SecurityError and isinstance(self._undefined_obj, Properties):
            self._undefined_obj.missing.add(f"{self._undefined_obj.label}.{self._undefined_name}")
        else:
            raise self._undefined_exception(self._undefined_message)

    def __str__(self) -> str:
        self._record_use()
        return ""

    def __html__(self) -> str:
        return str(self)

    def __iter__(self) -> Iterator[Any]:
        self._record_use()
        return iter(())

    def __len__(self) -> int:
        self._record_use()
        return 0

    def __getattr__(self, name: str) -> Missing:
        if name.startswith("__") or name in {
            "unsafe_callable",
            "alters_data",
            "jinja_pass_arg",
        }:  # Jinja2 reads these itself
            raise AttributeError(name)
        self._record_use()
        return self

    def __getitem__(self, name: str) -> Missing:  # type: ignore[override]  # Jinja2's own never returns, ours chains
        self._record_use()
        return self

    def _fail_with_undefined_error(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        self._record_use()
        raise MissingUsedError(self._undefined_name)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _fail_with_undefined_error
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _fail_with_undefined_error
    __pow__ = __rpow__ = __neg__ = __pos__ = __abs__ = __round__ = _fail_with_undefined_error
    __lt__ = __le__ = __gt__ = __ge__ = __int__ = __float__ = __call__ = _fail_with_undefined_error


class MissingOrMethod(Missing):
    """`custom.items` without a property of that name. It is missing if it is used, and the mapping's method if it is called."""

    __slots__ = ()

    def __call__(self, *args: Any) -> Any:
        return getattr(self._undefined_obj, str(self._undefined_name))(*args)


class MissingUsedError(TemplateError):
    """A missing value was used in an operation that needs a real one: a sum, a comparison, a call."""
