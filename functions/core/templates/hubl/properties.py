"""A caller's properties as a template sees them, and what stands for those that the caller did not give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from jinja2 import TemplateError, Undefined
from jinja2.exceptions import SecurityError


class Properties(Mapping[str, Any]):
    """Their own names come before any method's: `custom.items` is the property."""

    __slots__ = ("label", "missing", "seen", "values_")

    def __init__(self, label: str, values: Mapping[str, Any], missing: set[str]) -> None:
        self.label, self.values_, self.missing = label, values, missing
        self.seen: dict[str, Any] = {}  # each value once: a loop may ask for a long list at every turn

    def __getitem__(self, name: str) -> Any:
        if name not in self.seen:
            value = self.values_[name]
            if value is None:  # JSON's null says as much as leaving the property out
                raise KeyError(name)
            self.seen[name] = _seen(f"{self.label}.{name}", value, self.missing)
        return self.seen[name]

    def __contains__(self, name: object) -> bool:
        return self.values_.get(name) is not None  # type: ignore[call-overload]  # asked with anything, as every mapping is

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)

    def __str__(self) -> str:
        return str(self.values_)


def _seen(label: str, value: Any, missing: set[str]) -> Any:
    if type(value) is str:  # nearly always, and quicker asked than whether it is a mapping
        return value
    if isinstance(value, Mapping):
        return Properties(label, value, missing)
    if isinstance(value, list):
        return [_seen(f"{label}[{number}]", one, missing) for number, one in enumerate(value)]
    return value


class Missing(Undefined):
    """A value that the request lacks. Asking whether it is there is fine (`if`, `is defined`, `default`); using it is noted."""

    __slots__ = ()

    def _noted(self) -> None:
        if self._undefined_exception is not SecurityError and isinstance(self._undefined_obj, Properties):
            self._undefined_obj.missing.add(f"{self._undefined_obj.label}.{self._undefined_name}")
        else:
            raise self._undefined_exception(self._undefined_message)

    def __str__(self) -> str:
        self._noted()
        return ""

    def __html__(self) -> str:
        return str(self)

    def __iter__(self) -> Iterator[Any]:
        self._noted()
        return iter(())

    def __len__(self) -> int:
        self._noted()
        return 0

    def __getattr__(self, name: str) -> Missing:
        if name.startswith("__") or name in {"unsafe_callable", "alters_data", "jinja_pass_arg"}:  # Jinja2 asks itself
            raise AttributeError(name)
        self._noted()
        return self

    def __getitem__(self, name: str) -> Missing:  # type: ignore[override]  # Jinja2's own never returns, ours chains
        self._noted()
        return self

    def _fail_with_undefined_error(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        self._noted()
        raise MissingUsedError(self._undefined_name)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _fail_with_undefined_error
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _fail_with_undefined_error
    __pow__ = __rpow__ = __neg__ = __pos__ = __abs__ = __round__ = _fail_with_undefined_error
    __lt__ = __le__ = __gt__ = __ge__ = __int__ = __float__ = __call__ = _fail_with_undefined_error


class MissingOrMethod(Missing):
    """`custom.items` where there is no such property: missing if it is used as one, the mapping's method if it is called."""

    __slots__ = ()

    def __call__(self, *args: Any) -> Any:
        return getattr(self._undefined_obj, str(self._undefined_name))(*args)


class MissingUsedError(TemplateError):
    """A missing value stood where only a real one can: in a sum, a comparison, a call."""
