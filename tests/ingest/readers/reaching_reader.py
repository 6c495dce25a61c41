"""LlamaIndex readers of a program's own: one that looks for a network, one that breaks, and a class that is none."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from llama_index.core.readers.base import BaseReader
from llama_index.core.schema import Document

CALL = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])), 2)"


class ReachingReader(BaseReader):
    """Calls the port the file names: itself, by its C library, and by a program it starts."""

    def load_data(self, file: Path, **_: Any) -> list[Document]:
        port = file.read_text()
        told = []
        try:
            socket.create_connection(("127.0.0.1", int(port)), 2).close()
        except OSError as error:
            told.append(type(error).__name__)
        else:
            told.append("reached")
        done = subprocess.run([sys.executable, "-c", CALL, port], capture_output=True, check=False)
        return [Document(text=f"{told[0]} and {'reached' if done.returncode == 0 else 'refused'}")]


class BreakingReader(BaseReader):
    """Tells a secret of the file when it breaks."""

    def load_data(self, file: Path) -> list[Document]:
        raise RuntimeError(file.read_text())


class Plain:
    """No reader at all."""
