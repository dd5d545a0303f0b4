"""HubL's grammar: Jinja2's lexer and parser with the further tags and operators of HubL.

Jinja2's nodes are exported: `unless` is an `if` of a negation, `&&` is `and`. What has no node is a filter whose name no author can write.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, NoReturn

from jinja2 import TemplateSyntaxError, nodes
from jinja2.lexer import TOKEN_FLOAT, TOKEN_OPERATOR, Lexer, Token, _Rule, operator_re
from jinja2.parser import Parser

from functions.core.templates.hubl import syntax_messages

OWN = "hubl "  # begins the names of the filters that only this grammar and the compiler write
CYCLED, CHANGED = f"{OWN}cycled", f"{OWN}changed"
_OPERATOR = re.compile(rf"(&&|\|\||!(?!=)|\?|{operator_re.pattern})")
_WORDS = {"&&": "and", "||": "or", "!": "not"}
_COMPARISONS = {"eq": "eq", "ne": "ne", "lt": "lt", "le": "lteq", "gt": "gt", "ge": "gteq"}
_SYMBOLS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}
_OPERATOR_NAMES = frozenset({*_COMPARISONS, "and", "or", "not", "in", "is", "if", "else", "div", "mod", "recursive"})
_PRODUCTS: dict[str, type[nodes.BinExpr]] = {"div": nodes.Div, "mod": nodes.Mod}


class HublLexer(Lexer):
    """Jinja2's lexer with the operators `&&`, `||`, `!` and `?`."""

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        for state, rules in self.rules.items():
            self.rules[state] = [
                _Rule(_OPERATOR, rule.tokens, rule.command) if rule.tokens == TOKEN_OPERATOR else rule for rule in rules
            ]

    def wrap(
        self, stream: Iterable[tuple[int, str, str]], name: str | None = None, filename: str | None = None
    ) -> Iterator[Token]:
        for token in super().wrap(map(_translated, stream), name, filename):
            # Jinja2 would generate Python's name `inf`.
            if token.type == TOKEN_FLOAT and math.isinf(float(token.value)):
                raise TemplateSyntaxError("a number is too large", token.lineno, name, filename)
            yield token


def _translated(token: tuple[int, str, str]) -> tuple[int, str, str]:
    offset, kind, value = token
    if kind != TOKEN_OPERATOR:
        return token
    if value == "?":
        return offset, "question", value
    return (offset, "name", _WORDS[value]) if value in _WORDS else token


class HublParser(Parser):
    """Jinja2's parser with HubL's tags, operators, and its order of operators where they differ."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.loops = 0  # around the current tag, inside one macro
        self.opened: list[int] = []  # the offsets of the tags around the current one
        self.extensions |= {tag: parse.__get__(self) for tag, parse in self.TAGS.items()}

    def parse_statement(self) -> Any:
        if self.stream.current.value in {"import", "from"} and self.stream.current.type == "name":
            return self._imported()
        self.opened.append(self.stream.current.lineno)
        node = super().parse_statement()
        self.opened.pop()
        return node

    def fail_unknown_tag(self, name: str, lineno: int | None = None) -> NoReturn:
        self.fail(syntax_messages.misplaced(name, self._tag_stack), lineno)

    def fail_eof(self, end_tokens: tuple[str, ...] | None = None, lineno: int | None = None) -> NoReturn:
        """Fails at the innermost open tag, where its author looks for the mistake."""
        if not self._tag_stack:
            super().fail_eof(end_tokens, lineno)
        self.fail(syntax_messages.unclosed(self._tag_stack[-1]), self.opened[-1])

    # Tags.

    def _unless(self, _: Parser) -> nodes.If:
        lineno = next(self.stream).lineno
        test = nodes.Not(self.parse_tuple(with_condexpr=False), lineno=lineno)
        node = nodes.If(test, [], [], [], lineno=lineno)
        node.body = self.parse_statements(("name:elif", "name:else", "name:endunless"))
        while self.stream.current.test("name:elif"):
            branch = nodes.If(lineno=next(self.stream).lineno)
            branch.test, branch.elif_, branch.else_ = self.parse_tuple(with_condexpr=False), [], []
            branch.body = self.parse_statements(("name:elif", "name:else", "name:endunless"))
            node.elif_.append(branch)
        if next(self.stream).value == "else":
            node.else_ = self.parse_statements(("name:endunless",), drop_needle=True)
        return node

    def _do(self, _: Parser) -> nodes.Node:
        """`{% do list.append(x) %}`, or a block whose output is dropped."""
        lineno = next(self.stream).lineno
        if self.stream.current.type != "block_end":
            return nodes.ExprStmt(self.parse_tuple(), lineno=lineno)
        body = self.parse_statements(("name:enddo",), drop_needle=True)
        return nodes.AssignBlock(nodes.Name("_do", "store"), None, body, lineno=lineno)

    def _ifchanged(self, _: Parser) -> nodes.If:
        lineno = next(self.stream).lineno
        value = self.parse_expression()
        test = nodes.Filter(value, CHANGED, [nodes.Const(repr(value))], [], None, None, lineno=lineno)
        body = self.parse_statements(("name:endifchanged",), drop_needle=True)
        return nodes.If(test, body, [], [], lineno=lineno)

    def _cycle(self, _: Parser) -> nodes.Output:
        lineno = next(self.stream).lineno
        values = self.parse_tuple()
        items = nodes.List(values.items, lineno=lineno) if isinstance(values, nodes.Tuple) else values
        loop = nodes.Name("loop", "load", lineno=lineno)
        return nodes.Output([nodes.Filter(items, CYCLED, [loop], [], None, None, lineno=lineno)], lineno=lineno)

    def _break(self, _: Parser) -> nodes.Node:
        return self._leave(nodes.Break)

    def _continue(self, _: Parser) -> nodes.Node:
        return self._leave(nodes.Continue)

    def _leave(self, kind: type[nodes.Stmt]) -> nodes.Node:
        token = next(self.stream)
        if not self.loops:
            self.fail(f"{token.value} is not in a loop", token.lineno)
        return kind(lineno=token.lineno)

    def _imported(self) -> list[nodes.Node]:
        """A partial's macros and variables, whose text follows the tag: see `layouts`. They are in a scope of their own."""
        token = next(self.stream)
        self.stream.expect("string")
        target, names = "", dict[str, str]()
        if token.value == "import":
            self.stream.expect("name:as")
            target = self.stream.expect("name").value
        else:
            self.stream.expect("name:import")
            names = self._imported_names()
        body = self.parse_statements((f"name:end{token.value}",), drop_needle=True)
        return _module(body, target or f"_imported_{token.lineno}", names, token.lineno)

    def _imported_names(self) -> dict[str, str]:
        """Reads `a, b as c`, up to the end of the tag. The words `with context` after them change nothing."""
        names = dict[str, str]()
        while self.stream.current.type == "name" and not self.stream.current.test_any("name:with", "name:without"):
            name = next(self.stream).value
            names[name] = self.stream.expect("name").value if self.stream.skip_if("name:as") else name
            self.stream.skip_if("comma")
        while self.stream.current.type == "name":
            next(self.stream)
        return names

    TAGS: ClassVar[dict[str, Callable[..., Any]]] = {
        "break": _break,
        "continue": _continue,
        "cycle": _cycle,
        "do": _do,
        "ifchanged": _ifchanged,
        "unless": _unless,
    }

    def parse_autoescape(self) -> nodes.Scope:
        """`{% autoescape %}` without a value escapes."""
        if self.stream.look().type != "block_end":
            return super().parse_autoescape()
        node = nodes.ScopedEvalContextModifier(lineno=next(self.stream).lineno)
        node.options = [nodes.Keyword("autoescape", nodes.Const(True))]
        node.body = self.parse_statements(("name:endautoescape",), drop_needle=True)
        return nodes.Scope([node])

    def parse_for(self) -> nodes.For:
        self.loops += 1
        node = super().parse_for()
        self.loops -= 1
        return node

    def parse_macro(self) -> nodes.Macro:
        around, self.loops = self.loops, 0
        node = super().parse_macro()
        self.loops = around
        return node

    def parse_call_block(self) -> nodes.CallBlock:
        around, self.loops = self.loops, 0
        node = super().parse_call_block()
        self.loops = around
        return node

    # Operators.

    def parse_expression(self, with_condexpr: bool = True) -> nodes.Expr:
        """The choice `a ? b : c` is allowed in conditions too."""
        if with_condexpr:
            return self._choice(self.parse_condexpr())
        return self._choice(self.parse_or())

    def _choice(self, test: nodes.Expr) -> nodes.Expr:
        if self.stream.current.type != "question":
            return test
        lineno = next(self.stream).lineno
        chosen = self.parse_expression()
        self.stream.expect("colon")
        return nodes.CondExpr(test, chosen, self.parse_expression(), lineno=lineno)

    def parse_not(self) -> nodes.Expr:
        return self.parse_compare()

    def parse_compare(self) -> nodes.Expr:
        lineno = self.stream.current.lineno
        left = self.parse_math1()
        operands = list(self._operands())
        return nodes.Compare(left, operands, lineno=lineno) if operands else left

    def _operands(self) -> Iterator[nodes.Operand]:
        while operator := self._comparison():
            yield nodes.Operand(operator, self.parse_math1())

    def _comparison(self) -> str:
        """Reads a comparison's sign or word. Returns an empty text without one."""
        current = self.stream.current
        if current.type in _SYMBOLS:
            next(self.stream)
            return current.type
        if current.type != "name":
            return ""
        if current.value in _COMPARISONS or current.value == "in":
            next(self.stream)
            return _COMPARISONS.get(current.value, "in")
        if current.value == "not" and self.stream.look().test("name:in"):
            self.stream.skip(2)
            return "notin"
        return ""

    def parse_math1(self) -> nodes.Expr:
        """`~` binds as `+` does."""
        left = self.parse_math2()
        while self.stream.current.type in {"add", "sub", "tilde"}:
            token = next(self.stream)
            right = self.parse_math2()
            if token.type == "tilde":
                joined = left.nodes if isinstance(left, nodes.Concat) else [left]
                left = nodes.Concat([*joined, right], lineno=token.lineno)
            else:
                kind = nodes.Add if token.type == "add" else nodes.Sub
                left = kind(left, right, lineno=token.lineno)
        return left

    def parse_math2(self) -> nodes.Expr:
        left = super().parse_math2()
        while self.stream.current.test_any("name:div", "name:mod"):
            token = next(self.stream)
            left = _PRODUCTS[token.value](left, super().parse_math2(), lineno=token.lineno)
        return left

    def parse_unary(self, with_filter: bool = True) -> nodes.Expr:
        """`not` and `!` bind as a sign does: `not a == b` compares `not a`."""
        if self.stream.current.test("name:not"):
            lineno = next(self.stream).lineno
            return nodes.Not(self.parse_unary(), lineno=lineno)
        return super().parse_unary(with_filter)

    def parse_primary(self, with_namespace: bool = False) -> nodes.Expr:
        current = self.stream.current
        if current.test("name:null"):
            next(self.stream)
            return nodes.Const(None, lineno=current.lineno)
        return super().parse_primary(with_namespace)

    def parse_dict(self) -> nodes.Dict:
        """A key without quotes is a text: `{a: 1}`."""
        token = self.stream.expect("lbrace")
        items: list[nodes.Pair] = []
        while self.stream.current.type != "rbrace":
            if items:
                self.stream.expect("comma")
            if self.stream.current.type == "rbrace":
                break
            key = self._key()
            self.stream.expect("colon")
            items.append(nodes.Pair(key, self.parse_expression(), lineno=key.lineno))
        self.stream.expect("rbrace")
        return nodes.Dict(items, lineno=token.lineno)

    def _key(self) -> nodes.Expr:
        current = self.stream.current
        if current.type == "name" and self.stream.look().type == "colon":
            next(self.stream)
            return nodes.Const(current.value, lineno=current.lineno)
        return self.parse_expression()

    def parse_test(self, node: nodes.Expr) -> nodes.Expr:
        """A test may be a sign (`is > 2`), and a word operator after it is no argument."""
        token = next(self.stream)
        negated = self.stream.skip_if("name:not")
        current = next(self.stream)
        name = _SYMBOLS.get(current.type, current.value)
        if current.type != "name" and current.type not in _SYMBOLS:
            self.fail("expected the name of a test", current.lineno)
        args, kwargs = self._test_arguments()
        test: nodes.Expr = nodes.Test(node, name, args, kwargs, None, None, lineno=token.lineno)
        return nodes.Not(test, lineno=token.lineno) if negated else test

    def _test_arguments(self) -> tuple[list[nodes.Expr], list[nodes.Keyword]]:
        current = self.stream.current
        if current.type == "lparen":
            args, kwargs, dyn_args, dyn_kwargs = self.parse_call_args()
            if dyn_args or dyn_kwargs:
                self.fail("a test takes no * arguments", current.lineno)
            return args, kwargs
        if current.test("name:is"):
            self.fail("You cannot chain multiple tests with is")
        begins = current.type in {"string", "integer", "float", "lbracket", "lbrace", "sub"}
        if begins or (current.type == "name" and current.value not in _OPERATOR_NAMES):
            return [self.parse_unary(with_filter=False)], []
        return [], []


def _module(body: list[nodes.Node], target: str, names: dict[str, str], lineno: int) -> list[nodes.Node]:
    """Returns a scope that runs a partial and exports what it defines: all of it as `target`, or some of it under its own names."""
    exported = names or {name: name for name in _defined(body)}
    module = nodes.Call(nodes.Name("namespace", "load", lineno=lineno), [], [], None, None, lineno=lineno)
    exports: list[nodes.Node] = [
        nodes.Assign(nodes.NSRef(target, name, lineno=lineno), nodes.Name(name, "load", lineno=lineno), lineno=lineno)
        for name in exported
    ]
    inner = nodes.Scope([*body, *exports], lineno=lineno)
    renamed = [
        nodes.Assign(
            nodes.Name(alias, "store", lineno=lineno),
            nodes.Getattr(nodes.Name(target, "load", lineno=lineno), name, "load", lineno=lineno),
            lineno=lineno,
        )
        for name, alias in names.items()
    ]
    begin = nodes.Assign(nodes.Name(target, "store", lineno=lineno), module, lineno=lineno)
    return [begin, inner, *renamed]


def _defined(body: list[nodes.Node]) -> dict[str, None]:
    """Returns the names that a partial defines at its top, in their order."""
    names: dict[str, None] = {}
    for node in body:
        if isinstance(node, nodes.Macro):
            names[node.name] = None
        elif isinstance(node, nodes.Assign | nodes.AssignBlock):
            names |= {name.name: None for name in node.target.find_all(nodes.Name)}
            if isinstance(node.target, nodes.Name):
                names[node.target.name] = None
        elif isinstance(node, nodes.If):
            names |= _defined([*node.body, *node.else_, *(inner for branch in node.elif_ for inner in branch.body)])
    return names
