"""What all commands share: examples in their help, and errors as one line for the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from infra.cli.errors import described_file, explained


class Command(click.Command):
    """`fields`: the options of those fields of the API's request that have another name than the option's parameter. An error at a field
    names its option. A field without an option has an empty one: its inner fields go by their own names.
    """

    def __init__(
        self, *args: Any, examples: Sequence[str] = (), fields: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples
        self.fields = fields or {}

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_examples(formatter, self.examples)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """An empty argument is mostly a shell variable without a value: it must not mean the only key."""
        if any("\udc80" <= character <= "\udcff" for word in args for character in word):
            raise click.UsageError("an argument is not UTF-8", ctx)
        try:
            rest = super().parse_args(ctx, args)
        except OSError as error:
            raise click.UsageError(described_file(error), ctx) from error
        for param in self.params:
            value = ctx.params.get(param.name or "")
            if (
                isinstance(param, click.Argument)
                and param.required
                and "" in (value if isinstance(value, tuple) else (value,))
            ):
                raise click.BadParameter("is empty", ctx, param)
        return rest

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            failure = explained(error, self)
            if failure is None:
                raise
            raise failure from error


class Group(click.Group):
    command_class = Command
    group_class = type

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_examples(formatter, self.examples)


def _write_examples(formatter: click.HelpFormatter, examples: Sequence[str]) -> None:
    """As they are: a wrapped example cannot be pasted."""
    if examples:
        with formatter.section("Examples"):
            for example in examples:
                formatter.write(f"{'':>{formatter.current_indent}}{example}\n")
