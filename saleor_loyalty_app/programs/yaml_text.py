"""Programs as YAML text for people and version control.

Read by the rules of YAML 1.2: only `true` and `false` are booleans (the country NO stays a text),
and 1.50 stays text too, so that decimals are exact. Anchors, tags and repeated keys are refused.
"""

import re
from collections.abc import Hashable
from typing import Any

import yaml
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, Node, ScalarNode

from saleor_loyalty_app.programs.document import MAX_DOCUMENT_BYTES, Program
from saleor_loyalty_app.programs.problem_details import MAX_NESTING
from saleor_loyalty_app.programs.problems import Problem, invalid, read_program, too_large


class _Refused(Exception):
    def __init__(self, code: str, line: int, **detail: object) -> None:
        super().__init__(code)
        self.problem = Problem(code, "", detail={"line": line, **detail})


class _Loader(yaml.SafeLoader):
    """Knows null, booleans and whole numbers; everything else is text."""

    _nesting = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("yaml_anchor", line)
        if getattr(event, "tag", None) not in (None, "!"):
            raise _Refused("yaml_tag", line)
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise _Refused("too_deep", line, limit=MAX_NESTING)
        node = super().compose_node(parent, index)
        self._nesting -= 1
        return node

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode) or key.value == "<<":
                raise _Refused("yaml_key", line)
            if key.value in seen:
                raise _Refused("yaml_key_twice", line, key=key.value[:60])
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("bool", r"^(?:true|false)$", ["t", "f"]),
    ("int", r"^-?(?:0|[1-9][0-9]{0,18})$", list("-0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


class _Dumper(yaml.SafeDumper):
    """Writes lists inside their key, and as plain text only what YAML 1.1 takes for text too."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def parse_yaml(text: str) -> Any:
    """YAML text as JSON values; nothing is executed and nothing is expanded.

    Raises:
        ProgramInvalid: `document_too_large`, `yaml_syntax`, `yaml_anchor`, `yaml_tag`, `yaml_key`,
            `yaml_key_twice` or `too_deep`, with the line.
    """
    size = len(text.encode("utf-8", errors="replace"))
    if size > MAX_DOCUMENT_BYTES:
        raise invalid([too_large(size)])
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506
    except _Refused as refused:
        raise invalid([refused.problem]) from refused
    except yaml.YAMLError as error:
        raise invalid([Problem("yaml_syntax", "", detail=_place_of(error, text))]) from error


def _place_of(error: yaml.YAMLError, text: str) -> dict[str, Any]:
    if isinstance(error, yaml.reader.ReaderError):
        # A character that YAML does not allow; its place is counted from the beginning.
        return {"line": text.count("\n", 0, error.position) + 1, "case": "character"}
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return {"line": mark.line + 1 if mark is not None else 1}


def program_from_yaml(text: str) -> Program:
    """The program that the text describes.

    Raises:
        ProgramInvalid: the text is no YAML of our kind, or the program has problems.
    """
    return read_program(parse_yaml(text))


def program_to_yaml(program: Program) -> str:
    """The program as text; `program_from_yaml` gives an equal program back."""
    text: str = yaml.dump(
        program.document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100
    )
    return text
