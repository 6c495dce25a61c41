"""Every value an operator can set, with its default; from options, the environment, then a TOML file."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from medrag.backends.config import ALLOWED_CLASSES, ModelSettings, check_name
from medrag.errors import Place, UsageError

__all__ = ["Settings", "load_settings", "settings_origin"]

PREFIX = "MEDRAG_"
#: A user name and password in an address; never shown.
CREDENTIALS = re.compile(r"//[^/@\s]+@")


def default_home() -> Path:
    """The platform's folder for a user's data, such as ``~/.local/share/medrag``."""
    import platformdirs

    return Path(platformdirs.user_data_dir("medrag", appauthor=False))


class Settings(BaseSettings):
    """What is in force. Field names are the environment's, lower case without ``MEDRAG_``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    home: Path = Field(
        default_factory=default_home, description="Folder of catalogue, raw bytes, index, models."
    )
    mirror: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(), description="Folders searched by hash before any download; separated as PATH is."
    )
    packs: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(), description="Folders of specialty packs; separated as PATH is."
    )
    catalogue_url: str = Field(default="", description="SQLAlchemy URL; empty means catalogue.db under home.")
    qdrant_url: str = Field(default="", description="Qdrant server; empty means the embedded engine.")
    qdrant_key: SecretStr = Field(default=SecretStr(""), description="API key of the Qdrant server.")
    graph_url: str = Field(default="", description="Bolt server; empty means the embedded graph.")
    graph_user: str = Field(default="", description="User name at the Bolt server.")
    graph_key: SecretStr = Field(default=SecretStr(""), description="Password of that user.")
    graph_database: str = Field(default="", description="Its database; empty means the server's default.")
    model_url: str = Field(default="", description="OpenAI-compatible endpoint of an answering model.")
    model_name: str = Field(default="", description="Model name at that endpoint.")
    model_key: SecretStr = Field(default=SecretStr(""), description="Key of that endpoint.")
    model_context_tokens: int = Field(
        default=8192, ge=512, le=10_000_000, description="Tokens of its context."
    )
    models: dict[str, ModelSettings] = Field(
        default_factory=dict, description="Further answering models: tables [models.NAME] of the file."
    )
    answer_models: tuple[str, ...] = Field(
        default=(), description="Names in the order `auto` asks them; empty: all, as they are written."
    )
    model_classes: tuple[str, ...] = Field(
        default=(), description="Dotted paths of llama-index classes allowed besides those known."
    )
    model_send: Literal["question_deidentified", "concepts_only", "as_is"] = Field(
        default="question_deidentified",
        description="What of a question goes to a model that is not on this machine.",
    )
    model_wait_s: float = Field(
        default=30.0, gt=0, le=3600, description="Longest that models may hold up an answer, together."
    )
    judge: str = Field(
        default="",
        description="Second judge of composed statements: a sentence-transformers CrossEncoder NLI folder or hub id.",
    )
    judge_at: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="Probability of contradiction from which it withholds a statement.",
    )
    judge_required: bool = Field(
        default=False, description="Fail without the judge instead of saying that it is missing."
    )
    encoder: str = Field(
        default="packaged",
        description="packaged | none | hash | a sentence-transformers folder or hub id | an http(s) embeddings URL.",
    )
    encoder_model: str = Field(default="", description="Model name sent to an embeddings URL.")
    encoder_key: SecretStr = Field(default=SecretStr(""), description="Key of an embeddings URL.")
    encoder_dimension: int = Field(
        default=0, ge=0, le=8192, description="Vector length of an embeddings URL; 0 asks it."
    )
    reader_classes: tuple[str, ...] = Field(
        default=(),
        description="Dotted paths of LlamaIndex readers that cards may name besides those known, with any arguments.",
    )
    offline: bool = Field(default=False, description="Never open a connection to fetch a source.")
    fetch_max_bytes: int = Field(default=8 << 30, gt=0, description="Largest source fetched, bytes.")
    fetch_timeout_s: float = Field(default=60.0, gt=0, description="Longest silence while fetching, seconds.")
    fetch_total_s: float = Field(default=3600.0, gt=0, description="Longest fetch of one source, seconds.")
    fetch_allow_private: bool = Field(default=False, description="Let sources live on private addresses.")
    keep_snapshots: int = Field(
        default=5, ge=1, le=1000, description="Published snapshots kept for rollback."
    )
    keep_answers: int = Field(
        default=1000,
        ge=0,
        le=1_000_000,
        description="Answers kept for GET /answers/{id} and replay, the newest; 0 keeps none. Never one about a patient.",
    )
    keep_answers_days: int = Field(
        default=30, ge=1, le=3650, description="Days an answer is kept after it was last given."
    )
    conversations: Literal["memory", "disk", "off"] = Field(
        default="memory",
        description="Where consultations are kept: memory (of one process) | disk (the catalogue, encrypted) | off.",
    )
    conversations_ttl_s: float = Field(
        default=3600.0, ge=60, le=30 * 86400, description="Seconds a consultation lives after its last turn."
    )
    conversations_most: int = Field(
        default=10_000, ge=1, le=1_000_000, description="Consultations held in memory; the oldest go first."
    )
    conversations_key: SecretStr = Field(
        default=SecretStr(""), description="Key of consultations on disk: 32 bytes in base64."
    )
    conversations_key_file: Path | None = Field(
        default=None, description="File with that key, when the setting itself is empty."
    )
    #: BM25 of Robertson et al. (TREC-3) as BM25Okapi of rank-bm25 computes it; both defaults are that library's.
    bm25_k1: float = Field(default=1.5, ge=0, le=10, description="BM25 term saturation.")
    bm25_b: float = Field(default=0.75, ge=0, le=1, description="BM25 length normalisation.")
    fusion: Literal["minmax", "rrf"] = Field(default="minmax", description="How the two rankings are joined.")
    fusion_weight: float = Field(default=0.5, ge=0, le=1, description="Weight of dense in min-max fusion.")
    candidates: int = Field(default=100, ge=10, le=1000, description="Depth of each ranking before fusion.")
    top_k: int = Field(default=8, ge=1, le=50, description="Passages a search returns.")
    host: str = Field(default="127.0.0.1", description="Address `serve` binds.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port `serve` binds.")
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?)?$",
        description="Address others reach this server by, for links in CDS cards; empty: as it was asked.",
    )
    hooks_standing: Literal["show", "hide"] = Field(
        default="show",
        description="Findings about drugs already taken, when orders are made: show | hide, which a card then says. "
        "Contraindicated ones are always shown.",
    )
    hooks_interrupt_from: Literal["contraindicated", "major", "moderate", "minor"] = Field(
        default="moderate",
        description="Severity from which findings interrupt a clinician, until an operator chooses another in the "
        "console. Contraindicated and ungraded ones always do.",
    )
    max_body_bytes: int = Field(default=1 << 20, gt=0, description="Largest request body, bytes.")
    max_upload_bytes: int = Field(default=1 << 28, gt=0, description="Largest document that is sent, bytes.")
    secret: SecretStr = Field(
        default=SecretStr(""),
        description="Secret keys are checked with, 32 bytes in base64; empty: the file `secret` of the home.",
    )
    rate_per_minute: int = Field(
        default=6000,
        ge=0,
        description="Requests a minute of a key that has no number of its own; 0: no bound.",
    )
    limits_url: str = Field(
        default="memory://", description="Where requests are counted: memory:// (each worker) or redis://..."
    )
    streams_most: int = Field(default=1000, ge=1, description="Lines a worker holds open at once.")
    streams_per_key: int = Field(default=50, ge=1, description="Lines it holds open for one key.")
    body_seconds: float = Field(default=30.0, gt=0, description="Longest a request's body may take, seconds.")
    upload_seconds: float = Field(default=600.0, gt=0, description="Longest a document may take, seconds.")
    idempotency_hours: int = Field(
        default=24, ge=1, le=720, description="Hours the answer to an Idempotency-Key is kept."
    )
    feedback_days: int = Field(
        default=365, ge=1, le=3650, description="Days what callers say of answers and findings is kept."
    )
    cors_origins: tuple[str, ...] = Field(
        default=(), description="Origins of other sites whose pages may call with a key; none by default."
    )
    audit: Literal["keys", "all", "off"] = Field(
        default="keys",
        description="Requests the audit log holds: keys (once there are keys) | all | off.",
    )
    traces: Literal["off", "otlp"] = Field(
        default="off",
        description="OpenTelemetry spans: off | otlp (extra otel; sent where OTEL_EXPORTER_OTLP_ENDPOINT says).",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least level logged."
    )

    @field_validator("mirror", "packs", mode="before")
    @classmethod
    def split_folders(cls, value: Any) -> Any:
        """``/a:/b`` as PATH is written."""
        if isinstance(value, str):
            return tuple(Path(part) for part in value.split(os.pathsep) if part)
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls, toml_file=settings_file()),
        )

    @model_validator(mode="after")
    def check_models(self) -> Settings:
        """Names that can be asked for, an order of them alone, and classes that are allowed."""
        named = self.named_models()
        for name, model in named.items():
            check_name(name)
            if model.llm_class not in ALLOWED_CLASSES | set(self.model_classes):
                raise ValueError(
                    f"models.{name}.class: {model.llm_class} is not allowed; model_classes may allow it"
                )
        for name in self.answer_models:
            if name not in named:
                raise ValueError(
                    f"answer_models: no model is named {name}; named are: {', '.join(named) or 'none'}"
                )
        return self

    def named_models(self) -> dict[str, ModelSettings]:
        """Every answering model by its name: the one of ``model_url`` first, under ``model_name`` or ``default``. Raises
        ValueError when that name is taken."""
        if not self.model_url:
            return dict(self.models)
        name = self.model_name or "default"
        if name in self.models:
            raise ValueError(f"model_name and [models] both name {name}")
        first = ModelSettings(
            url=self.model_url,
            key=self.model_key,
            context_tokens=self.model_context_tokens,
            total_s=self.model_wait_s,
            first_token_s=self.model_wait_s,
            reply_tokens=min(1024, self.model_context_tokens // 4),
        )
        return {name: first, **self.models}

    @property
    def catalogue(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.catalogue_url or f"sqlite:///{self.home / 'catalogue.db'}"

    def fingerprint(self) -> str:
        """sha256 of the settings an answer depends on; where things live and secrets are left out."""
        from medrag.packs import packs_fingerprint

        names = ("bm25_k1", "bm25_b", "fusion", "fusion_weight", "candidates", "encoder", "encoder_model")
        values = {name: getattr(self, name) for name in names}
        if self.judge:
            values["judge"] = [self.judge, self.judge_at]
        if models := self.named_models():
            order = self.answer_models or tuple(models)
            values["models"] = [[name, models[name].answer_depends_on()] for name in order]
        if packs := packs_fingerprint(self):
            values["packs"] = packs
        told = json.dumps(values, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


def settings_file() -> Path | None:
    """``MEDRAG_SETTINGS``, or None."""
    named = os.environ.get("MEDRAG_SETTINGS")
    return Path(named) if named else None


def load_settings(**options: Any) -> Settings:
    """Reads the settings; options that are None count as not given. Raises UsageError naming the field."""
    file = settings_file()
    if file is not None and not file.is_file():
        raise UsageError("the settings file does not exist", place=Place(file=str(file)))
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"setting {name}: {first['msg']}",
            place=Place(field=PREFIX + name.upper()),
            remedy="Run: medrag doctor",
        ) from error


def settings_origin(settings: Settings, **options: Any) -> dict[str, tuple[str, str]]:
    """For every setting: its value as text (secrets masked) and where it came from."""
    told: dict[str, tuple[str, str]] = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        shown = ("set" if value.get_secret_value() else "") if isinstance(value, SecretStr) else str(value)
        shown = CREDENTIALS.sub("//***@", shown)
        told[name] = (shown, origin_of(name, settings, options))
    return told


def origin_of(name: str, settings: Settings, options: dict[str, Any]) -> str:
    """option, environment, file or default."""
    if options.get(name) is not None:
        return "option"
    if PREFIX + name.upper() in os.environ:
        return "environment"
    return "file" if name in settings.model_fields_set else "default"
