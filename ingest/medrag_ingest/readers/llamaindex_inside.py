"""What the confined child does with a file and a LlamaIndex reader: has it read, and tells the texts it gave."""

from __future__ import annotations

import inspect
import math
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from medrag_ingest.confine import Refusal

__all__ = ["parse"]

#: What may travel back of a document's metadata: plain values, this long.
PLAIN: Final = (str, int, float, bool)
LONGEST: Final = 2000


def parse(data: bytes, order: Mapping[str, Any]) -> dict[str, Any]:
    """``{"documents": [{"text", "metadata"}], "beside": n}``; ``beside`` counts what was not text. Raises Refusal."""
    reader = load_class(order["class"])
    with tempfile.TemporaryDirectory(prefix="read-") as folder:
        file = Path(folder) / order["filename"]
        file.write_bytes(data)
        try:
            given = read(reader, file, dict(order["arguments"]))
        except MemoryError:
            raise
        # A reader of anybody's may raise anything over a file; whatever it is, it could not read this one.
        except Exception as error:
            raise Refusal(
                f"{reader.__name__} could not read it: {type(error).__name__}",
                "Open the file in its own program",
            ) from error
    return {
        "documents": [told(item, folder) for item in given if is_text(item)],
        "beside": sum(not is_text(item) for item in given),
    }


def load_class(path: str) -> Any:
    """The class of a dotted path. Raises Refusal where it is not installed, or is no reader."""
    module, _, name = path.rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise Refusal(
            f"the reader {path} is not installed here",
            "pip install 'medrag[readers]', or the package it is in",
        ) from error
    from llama_index.core.readers.base import BaseReader

    if not (inspect.isclass(found) and issubclass(found, BaseReader)):
        raise Refusal(f"{path} is not a LlamaIndex reader")
    return found


def read(reader: Any, file: Path, arguments: dict[str, Any]) -> list[Any]:
    """The documents of one file. A reader of folders is given the file alone and told to drop nothing it cannot decode;
    another takes the file's path as its first parameter."""
    if reader.__name__ == "SimpleDirectoryReader":
        return list(reader(input_files=[file], errors="strict", raise_on_error=True, **arguments).load_data())
    made = reader(**arguments)
    taken = next(iter(inspect.signature(made.load_data).parameters.values()), None)
    if taken is None or taken.kind is inspect.Parameter.VAR_KEYWORD:
        return list(made.load_data())
    return list(made.load_data(file))


def is_text(item: Any) -> bool:
    return isinstance(getattr(item, "text", None), str)


def told(item: Any, folder: str) -> dict[str, Any]:
    """A document as JSON has it, without the place it lay at here."""
    metadata = {
        str(name)[:200]: value[:LONGEST] if isinstance(value, str) else value
        for name, value in item.metadata.items()
        if isinstance(value, PLAIN) and folder not in str(value) and math.isfinite(number(value))
    }
    return {"text": item.text, "metadata": metadata}


def number(value: Any) -> float:
    return value if isinstance(value, float) else 0.0
