"""DynamoDB: a condition or filter is parsed once.

moto splits the text of each expression with six regular expressions per word, and a conditional write does it twice. The tree depends on
the text only: names and values are looked up when the condition is made of it.
"""

import functools
from typing import Any, Final

from moto.dynamodb.comparisons import AttributePath, AttributeValue, ConditionExpressionParser, OpDefault

EXPRESSIONS: Final = 1024  # as of updates

parse = ConditionExpressionParser.parse
make_operand = ConditionExpressionParser._make_operand  # noqa: SLF001  (the method to fix)


def install() -> None:
    ConditionExpressionParser.parse = _parse
    ConditionExpressionParser._make_operand = _make_operand  # noqa: SLF001  (the method to fix)


class _Placeholders(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return name


class _Tree(ConditionExpressionParser):  # type: ignore[misc]  # moto has no stubs
    """Parses to a tree that has placeholders where moto's has names and values."""

    def __init__(self, expression: str) -> None:
        super().__init__(expression, _Placeholders(), _Placeholders())
        self.root = parse(self)

    def _make_op_condition(self, node: Any) -> Any:
        return node


_tree = functools.lru_cache(EXPRESSIONS)(_Tree)


def _parse(self: ConditionExpressionParser) -> Any:
    if not self.condition_expression:
        return OpDefault(None, None)
    tree = _tree(self.condition_expression)
    self.expr_attr_names_found.extend(tree.expr_attr_names_found)
    self.expr_attr_values_found.extend(tree.expr_attr_values_found)
    return self._make_op_condition(tree.root)


def _make_operand(self: ConditionExpressionParser, node: Any) -> Any:
    """Raises KeyError, as moto does, if the call lacks the name or value."""
    if node.kind == self.Kind.PATH:
        names = self.expression_attribute_names
        return AttributePath(
            [
                names[child.value] if isinstance(child.value, str) and child.value.startswith("#") else child.value
                for child in node.children
            ]
        )
    if node.kind == self.Kind.EXPRESSION_ATTRIBUTE_VALUE:
        return AttributeValue(self.expression_attribute_values[node.value])
    return make_operand(self, node)
