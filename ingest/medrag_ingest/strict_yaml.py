"""Reads a YAML card strictly: no aliases, no tags, no key twice, few scalar types, and the line of every field."""

from __future__ import annotations

import re
from typing import Final

import yaml

__all__ = ["LineMap", "StrictYamlError", "read_strict_yaml"]

#: Dotted path (``sources.0.sha256``) to its 1-based line.
LineMap = dict[str, int]
Value = str | int | bool | None | list["Value"] | dict[str, "Value"]

#: Levels of nesting. The deepest card has six; the parser recurses, so depth is bounded before it starts.
MAX_DEPTH: Final = 20

#: YAML 1.2 core schema without floats and dates, so that ``2.10``, ``2020-10-01`` and ``NO`` stay the words written.
TRUTHS: Final = {"true": True, "false": False}
NOTHING: Final = frozenset({"", "~", "null"})
INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})")


class StrictYamlError(Exception):
    """What is wrong in the text, and on which line (1-based) when that is known."""

    def __init__(self, problem: str, line: int | None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


def read_strict_yaml(text: str) -> tuple[Value, LineMap]:
    """The one document of ``text`` and the lines of its fields. Raises StrictYamlError."""
    try:
        refuse_tricks(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise StrictYamlError(f"not YAML: {error.problem or error.context}", line) from error
    except yaml.YAMLError as error:
        raise StrictYamlError(f"not YAML: {error}", None) from error
    if node is None:
        raise StrictYamlError("the card is empty", None)
    lines: LineMap = {}
    return value_of(node, "", lines), lines


def refuse_tricks(text: str) -> None:
    """Walks the events, which expand nothing: an alias could multiply a small card into gigabytes."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark is not None else None
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise StrictYamlError("anchors and aliases are not allowed in a card; write the value out", line)
        tag = getattr(event, "tag", None)
        if isinstance(event, yaml.NodeEvent) and tag:
            raise StrictYamlError(f"the tag {tag} is not allowed in a card", line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise StrictYamlError(f"nested more than {MAX_DEPTH} levels deep", line)


def value_of(node: yaml.Node, path: str, lines: LineMap) -> Value:
    """The node as plain values; notes the line of each field under its dotted path."""
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return mapping_of(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [value_of(item, join(path, str(at)), lines) for at, item in enumerate(node.value)]
    return scalar_of(node)


def mapping_of(node: yaml.MappingNode, path: str, lines: LineMap) -> dict[str, Value]:
    """A mapping whose keys are words, none twice."""
    made: dict[str, Value] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise StrictYamlError("a key must be a word", line)
        if key.value in made:
            raise StrictYamlError(f"the key {key.value!r} stands twice", line)
        made[key.value] = value_of(value, join(path, key.value), lines)
        lines[join(path, key.value)] = line
    return made


def scalar_of(node: yaml.Node) -> str | int | bool | None:
    """Quoted and block scalars are words; plain ones may be a truth value, a whole number or nothing."""
    text = str(node.value)
    if not isinstance(node, yaml.ScalarNode) or node.style is not None:
        return text
    if text in NOTHING:
        return None
    if text in TRUTHS:
        return TRUTHS[text]
    return int(text) if INTEGER.fullmatch(text) else text


def join(path: str, part: str) -> str:
    """``sources`` and ``0`` give ``sources.0``."""
    return f"{path}.{part}" if path else part
