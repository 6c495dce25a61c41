"""What an operator says of one answering model: where it is, how it is asked, how long and how much it may take."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

__all__ = ["ALLOWED_CLASSES", "DEFAULT_CLASS", "EXTRA", "EXTRA_BODY", "ModelSettings", "check_name"]

DEFAULT_CLASS: Final = "llama_index.llms.openai_like.OpenAILike"
#: Classes of llama-index that may be named, where they are installed; ``model_classes`` adds others. Their client is given
#: to them by medrag for the first two and what is derived from them; the others bring their own, which medrag can stop
#: waiting for but not hang up.
ALLOWED_CLASSES: Final = frozenset(
    {
        DEFAULT_CLASS,
        "llama_index.llms.openai.OpenAI",
        "llama_index.llms.anthropic.Anthropic",
        "llama_index.llms.azure_openai.AzureOpenAI",
        "llama_index.llms.deepseek.DeepSeek",
        "llama_index.llms.dashscope.DashScope",
        "llama_index.llms.huggingface.HuggingFaceLLM",
        "llama_index.llms.llama_cpp.LlamaCPP",
        "llama_index.llms.mistralai.MistralAI",
        "llama_index.llms.ollama.Ollama",
        "llama_index.llms.openrouter.OpenRouter",
        "llama_index.llms.vllm.VllmServer",
        "llama_index.llms.zhipuai.ZhipuAI",
    }
)
#: What a request of the OpenAI protocol may carry besides.
EXTRA: Final = frozenset(
    "top_p seed stop frequency_penalty presence_penalty response_format reasoning_effort".split()
)
#: What vLLM, llama.cpp and Ollama understand besides; sent in the body as it stands.
EXTRA_BODY: Final = frozenset("top_k min_p repetition_penalty repeat_penalty chat_template_kwargs".split())
#: Words an ``answerer`` has of its own.
TAKEN: Final = frozenset({"auto", "extractive", "model"})
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,99}")


def check_name(name: str) -> str:
    """A model's name as ``answerer`` takes it. Raises ValueError."""
    if name in TAKEN or not NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} cannot name a model: letters, digits and ._:/@- only, and not auto, extractive or model"
        )
    return name


class ModelSettings(BaseModel):
    """``[models.NAME]`` of the settings file."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    url: str = Field(
        default="", description="Base address of the endpoint, such as http://127.0.0.1:8080/v1."
    )
    model: str = Field(default="", description="Model name at that endpoint; empty means the name here.")
    key_env: str = Field(default="", description="Name of the environment variable that holds the key.")
    key: SecretStr = Field(
        default=SecretStr(""), description="The key itself, where no variable can hold it."
    )
    llm_class: str = Field(
        default=DEFAULT_CLASS, alias="class", description="Dotted path of a class of llama-index."
    )
    context_tokens: int = Field(
        default=8192, ge=512, le=10_000_000, description="Tokens of question, evidence and reply together."
    )
    reply_tokens: int = Field(default=1024, ge=16, le=1_000_000, description="Most tokens of a reply.")
    temperature: float = Field(default=0.0, ge=0, le=2, description="Sampling temperature.")
    connect_s: float = Field(default=5.0, gt=0, le=600, description="Longest wait for a connection, seconds.")
    first_token_s: float = Field(
        default=20.0, gt=0, le=3600, description="Longest wait for the first words, seconds."
    )
    total_s: float = Field(default=30.0, gt=0, le=3600, description="Longest a question may take, seconds.")
    retries: int = Field(default=1, ge=0, le=10, description="Further tries, before the first words only.")
    backoff_s: float = Field(
        default=0.25, ge=0, le=60, description="Wait before the first further try; doubles each time."
    )
    breaker_failures: int = Field(
        default=3, ge=1, le=1000, description="Failures in a row after which the endpoint is left alone."
    )
    breaker_s: float = Field(default=30.0, gt=0, le=86400, description="How long it is left alone, seconds.")
    cost_in: float = Field(default=0.0, ge=0, description="Cost of 1,000 tokens sent, in any one currency.")
    cost_out: float = Field(default=0.0, ge=0, description="Cost of 1,000 tokens received.")
    budget_tokens: int = Field(
        default=0, ge=0, description="Most tokens a question may take, sent and received; 0: no limit."
    )
    budget_cost: float = Field(default=0.0, ge=0, description="Most a question may cost; 0: no limit.")
    reply_bytes: int = Field(
        default=4 << 20, ge=1024, le=1 << 30, description="Most bytes of a reply on the wire."
    )
    local: bool | None = Field(
        default=None, description="Whether the endpoint counts as this machine's own; unset: looked up."
    )
    tokenizer: Path | None = Field(
        default=None, description="tokenizer.json of the model, for exact counts; unset: an upper bound."
    )
    usage: bool = Field(default=True, description="Ask the endpoint to count tokens (stream_options).")
    extra: dict[str, Any] = Field(default_factory=dict, description="Further fields of the request.")

    @field_validator("url")
    @classmethod
    def check_url(cls, value: str) -> str:
        """http(s), with a host, without user name, password, query or fragment."""
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("an address begins with http:// or https:// and has a host")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError(
                "an address holds no user name, password or query; name the key's variable in key_env"
            )
        return value.rstrip("/")

    @field_validator("key_env")
    @classmethod
    def check_variable(cls, value: str) -> str:
        """A name, not the key pasted in its place: what does not look like a variable is not told back."""
        if value and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,127}", value):
            raise ValueError("key_env is the name of an environment variable, never the key itself")
        return value

    @field_validator("extra")
    @classmethod
    def check_extra(cls, value: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(value) - EXTRA - EXTRA_BODY)
        if unknown:
            raise ValueError(
                f"{', '.join(unknown)} may not be set; allowed: {', '.join(sorted(EXTRA | EXTRA_BODY))}"
            )
        return value

    @model_validator(mode="after")
    def check_sizes(self) -> ModelSettings:
        if self.reply_tokens >= self.context_tokens:
            raise ValueError("reply_tokens must be less than context_tokens: a reply stands in the context")
        if self.llm_class == DEFAULT_CLASS and not self.url:
            raise ValueError("url is missing: a model of the OpenAI protocol needs its address")
        return self

    @property
    def host(self) -> str:
        """The host of the address; empty where the class knows its own."""
        return urlsplit(self.url).hostname or ""

    def answer_depends_on(self) -> dict[str, Any]:
        """The settings a reply's words depend on; no key is among them."""
        names = {"url", "model", "llm_class", "context_tokens", "reply_tokens", "temperature", "extra"}
        return self.model_dump(mode="json", include=names)


def is_loopback(address: str) -> bool:
    """Whether an IP address, as text, is this machine's own."""
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False
