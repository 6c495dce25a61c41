"""``import medrag`` offers a short, sorted list of names, each real, and loads nothing until one is used."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

import medrag


def test_the_names_are_few_sorted_and_there() -> None:
    assert medrag.__all__ == sorted(medrag.__all__)
    assert 10 <= len(medrag.__all__) <= 18
    assert set(medrag.HOMES) == set(medrag.__all__)
    for name in medrag.__all__:
        assert getattr(medrag, name).__name__ == name


def test_the_version_is_the_distributions() -> None:
    assert medrag.__version__ == version("medrag")


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="cure"):
        _ = medrag.cure


def test_importing_medrag_loads_nothing_heavy() -> None:
    code = "import medrag, sys; print(any(m in sys.modules for m in ('pydantic', 'sqlalchemy', 'numpy', 'click')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    assert done.stdout.strip() == b"False"
