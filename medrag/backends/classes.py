"""Makes the llama-index object behind a model: the class the settings name, with as much of them as it takes."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from medrag.backends.config import EXTRA_BODY, ModelSettings
from medrag.errors import ModelUnavailable, Place

if TYPE_CHECKING:
    import httpx
    from llama_index.core.llms import LLM

__all__ = ["load_class", "make_llm", "takes_client"]

#: Loggers that would tell whole requests, with question and evidence, at a level below warning.
TELLTALE: Final = ("openai", "httpx", "httpcore", "llama_index")
#: Sent when there is no key: without one the library would take OPENAI_API_KEY of the environment. It never goes out.
NO_KEY: Final = "none"


def load_class(path: str) -> type[LLM]:
    """The class of a dotted path that the settings allow. Raises ModelUnavailable when it is not installed or no LLM."""
    module, _, name = path.rpartition(".")
    place = Place(field="class")
    try:
        found = getattr(import_module(module), name, None)
    except ImportError:
        package = module.replace("llama_index.", "llama-index-", 1).replace(".", "-").replace("_", "-")
        raise ModelUnavailable(
            f"{path} is not installed", place=place, remedy=f"Install it: pip install {package}"
        ) from None
    from llama_index.core.llms import LLM

    if not (isinstance(found, type) and issubclass(found, LLM)):
        raise ModelUnavailable(f"{path} is not a class of llama-index that answers", place=place)
    for logger in TELLTALE:
        logging.getLogger(logger).setLevel(logging.WARNING)
    return found


def takes_client(kind: type[LLM]) -> bool:
    """Whether the class speaks through a client that is given to it, which can then be hung up."""
    from llama_index.llms.openai import OpenAI

    return issubclass(kind, OpenAI)


def make_llm(
    kind: type[LLM], settings: ModelSettings, model: str, key: str, client: httpx.Client | None
) -> LLM:
    """An object that streams one model. What the class has no field for is left out. Raises ValueError, TypeError: what the
    class says of its settings."""
    wanted: dict[str, Any] = {
        "model": model,
        "model_name": model,
        "api_base": settings.url or None,
        "base_url": settings.url or None,
        "api_key": key or NO_KEY,
        "context_window": settings.context_tokens,
        "max_tokens": settings.reply_tokens,
        "temperature": settings.temperature,
        "timeout": settings.total_s,
        "request_timeout": settings.total_s,
        "max_retries": 0,
        "is_chat_model": True,
        "is_function_calling_model": False,
        "additional_kwargs": fields_of(settings) if client is not None else dict(settings.extra),
    }
    taken = {name: value for name, value in wanted.items() if name in accepted(kind) and value is not None}
    if client is not None:
        taken["http_client"] = client
    return kind(**taken)


def accepted(kind: type[LLM]) -> set[str]:
    """Names a class takes when it is made."""
    return set(kind.model_fields) | set(inspect.signature(kind.__init__).parameters)


def fields_of(settings: ModelSettings) -> Mapping[str, Any]:
    """Further fields of a request of the OpenAI protocol; those that only some servers know go into the body as they are."""
    body = {name: value for name, value in settings.extra.items() if name in EXTRA_BODY}
    plain = {name: value for name, value in settings.extra.items() if name not in EXTRA_BODY}
    counted = {"stream_options": {"include_usage": True}} if settings.usage else {}
    return {**plain, **counted, **({"extra_body": body} if body else {})}
