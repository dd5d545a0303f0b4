"""DynamoDB: an expression is parsed once, and its tree is copied and checked at a fraction of the cost.

moto parses the update expression of each call twice, deep-copies its tree, and walks through it ten times, with two dictionaries and
several abstract type checks for each node. Two of the walks check at each node what the root's check includes. An update that adds to ten
counters took 3.3 ms, and 2.5 of them were this.
"""

import functools
from collections.abc import Callable, Container, Mapping
from typing import Any, Final

from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Expression, Node, UpdateExpressionFunction
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.parsing.validators import ActionCountValidator, OverlappingPathsValidator

EXPRESSIONS: Final = 1024  # of all programs that call the account: ours have some hundred

parse = UpdateExpressionParser.make.__func__
traverse = DepthFirstTraverser.traverse
find_clauses = Node.find_clauses

Process = Callable[[Any], Any]


def install() -> None:
    UpdateExpressionParser.make = classmethod(_make)
    Node.__deepcopy__ = lambda self, _memo: copied(self)
    Node.find_clauses = _find_clauses
    DepthFirstTraverser.traverse = _traverse
    for validator in (ActionCountValidator, OverlappingPathsValidator):
        validator.traverse = DepthFirstTraverser.process


def _make(parser: Any, expression: str) -> Any:
    """Returns the expression's tree. moto changes copies only."""
    return _parsed(parser, expression)


_parsed = functools.lru_cache(EXPRESSIONS)(parse)


def copied(node: Any) -> Any:
    """Returns a copy of a tree. Its leaves hold texts and numbers, which never change."""
    if not _NODES[type(node)]:
        return node
    copy = object.__new__(type(node))
    copy.__dict__ |= node.__dict__
    copy.parent = None
    if node.children is not None:
        copy.children = [copied(child) for child in node.children]
        for child in copy.children:
            if _NODES[type(child)]:
                child.parent = copy
    return copy


class _Subclasses(dict[type, bool]):
    """Whether a class is a subclass of these. An abstract class needs longer for each answer."""

    def __init__(self, *bases: type) -> None:
        self._bases = bases

    def __missing__(self, kind: type) -> bool:
        self[kind] = issubclass(kind, self._bases)
        return self[kind]


_NODES = _Subclasses(Node)
_WITH_CLAUSES = _Subclasses(Expression, UpdateExpressionFunction)


def _find_clauses(self: Node, clause_types: Container[type]) -> list[Node]:
    clauses: list[Node] = []
    for child in self.children or ():
        if type(child) in clause_types:
            clauses.append(child)
        elif _WITH_CLAUSES[type(child)]:
            clauses.extend(_find_clauses(child, clause_types))
    return clauses


def _traverse(self: DepthFirstTraverser, node: Any) -> Any:
    return _Walk(self).visit(node)


class _Walk:
    """One walk through a tree, children first, as moto's. It reads the traverser's map once, and not at each node."""

    def __init__(self, traverser: DepthFirstTraverser) -> None:
        self._processes: Mapping[type, Process] = traverser._processing_map()  # noqa: SLF001  (the map that the walk applies)
        self._process_of: dict[type, Process | None] = {}
        hook = type(traverser).pre_processing_of_child
        self._before = (
            None if hook is DepthFirstTraverser.pre_processing_of_child else traverser.pre_processing_of_child
        )

    def visit(self, node: Any, position: int = -1) -> Any:
        kind, parent = type(node), node.parent
        for number, child in enumerate(node.children or ()):
            if self._before is not None:
                self._before(node, number)
            if _NODES[type(child)]:
                self.visit(child, number)
        process = self._process_of[kind] if kind in self._process_of else self._find(kind)
        if process is not None:
            node = process(node)
            node.parent = parent
            if parent:
                parent.children[position] = node
        return node

    def _find(self, kind: type) -> Process | None:
        matching = (process for base, process in self._processes.items() if issubclass(kind, base))
        self._process_of[kind] = next(matching, None)
        return self._process_of[kind]
