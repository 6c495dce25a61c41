"""Tables of the catalogue, the same on SQLite and PostgreSQL. Changes go through ``migrations/versions``."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

__all__ = [
    "alert_cards",
    "alert_checks",
    "alert_levels",
    "alert_outcomes",
    "answers",
    "assertions",
    "audit",
    "audit_head",
    "concepts",
    "conversations",
    "documents",
    "editions",
    "evidence",
    "examinations",
    "feedback",
    "golden",
    "jobs",
    "keys",
    "metadata",
    "names",
    "once",
    "passages",
    "pointers",
    "publications",
    "runs",
    "snapshots",
    "works",
]

metadata = MetaData()

works = Table(
    "works",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("title", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("authority", String(32), nullable=False),
    Column("jurisdiction", String(8), nullable=False),
    Column("language", String(8), nullable=False),
    Column("url", Text),
    Column("licence", Text, nullable=False),
    Column("licence_url", Text),
    Column("redistributable", Boolean, nullable=False),
    Column("max_quote_chars", Integer),
    #: Whose private shelf it stands on; "" is everyone's.
    Column("tenant", String(32), nullable=False, default=""),
)

#: What a work must go on answering, as JSON; the gate asks it before every publication.
golden = Table(
    "golden",
    metadata,
    Column("work", String(80), ForeignKey("works.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("body", Text, nullable=False),
)

editions = Table(
    "editions",
    metadata,
    Column("id", String(170), primary_key=True),
    Column("work", String(80), ForeignKey("works.id"), nullable=False, index=True),
    Column("label", String(80), nullable=False),
    Column("published", String(10), nullable=False),
    Column("valid_from", String(10), nullable=False),
    Column("retrieved", String(10), nullable=False),
    Column("manifest_sha256", String(64), nullable=False),
    Column("content_sha256", String(64), nullable=False, default=""),
    Column("superseded_by", String(170)),
    Column("withdrawn", Text),
    Column("state", String(8), nullable=False),  # staging | sealed
    Column("documents", Integer, nullable=False, default=0),
    Column("passages", Integer, nullable=False, default=0),
    Column("assertions", Integer, nullable=False, default=0),
    Column("names", Integer, nullable=False, default=0),
)

documents = Table(
    "documents",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("edition", String(170), ForeignKey("editions.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("raw_sha256", String(64), nullable=False),
    Column("raw_member", Text, nullable=False),
    Column("segments", Text, nullable=False),
    Column("blocks", Text, nullable=False),
    Column("publisher", Text),
    Column("published", String(10)),
    Column("jurisdiction", String(8)),
    Column("url", Text),
    Column("lost_characters", Integer, nullable=False, default=0),
    UniqueConstraint("edition", "key", name="uq_documents_edition_key"),
)

passages = Table(
    "passages",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("document", String(32), ForeignKey("documents.id"), nullable=False, index=True),
    Column("edition", String(170), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("section", Text, nullable=False),
    Column("code", String(16)),
    Column("page", Integer),
    Column("scope", Text, nullable=False),
)

concepts = Table(
    "concepts",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("edition", String(170), ForeignKey("editions.id"), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("codes", Text, nullable=False),
)

names = Table(
    "names",
    metadata,
    Column("concept", String(80), nullable=False, index=True),
    Column("edition", String(170), ForeignKey("editions.id"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("form", String(16), nullable=False),
    Index("ix_names_folded", "folded"),
)

assertions = Table(
    "assertions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("edition", String(170), ForeignKey("editions.id"), nullable=False, index=True),
    Column("predicate", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("severity", String(16), nullable=False),
    Column("native_scale", String(32), nullable=False),
    Column("native_level", Text, nullable=False),
    Column("condition", Text, nullable=False),
    Column("qualifiers", Text, nullable=False),
)

evidence = Table(
    "evidence",
    metadata,
    Column("assertion", String(32), ForeignKey("assertions.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("document", String(32)),
    Column("start", Integer),
    Column("end", Integer),
    Column("role", String(32), nullable=False),
    Column("rule", Text),
    Column("premises", Text),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("started", String(32), nullable=False),
    Column("finished", String(32)),
    Column("outcome", String(16), nullable=False),
    Column("receipt", Text, nullable=False),
)

#: Long work asked for over HTTP. ``owner`` is the process that runs it; ``request`` and ``result`` are JSON.
jobs = Table(
    "jobs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False, index=True),  # queued | running | done | failed | cancelled
    Column("request", Text, nullable=False),
    Column("created", String(32), nullable=False),
    Column("started", String(32)),
    Column("finished", String(32)),
    Column("owner", String(80), nullable=False, default=""),
    Column("stage", String(200), nullable=False, default=""),
    Column("done", Integer, nullable=False, default=0),
    Column("total", Integer),
    Column("stage_began", String(32)),
    Column("cancel", Boolean, nullable=False, default=False),
    Column("note", Text, nullable=False, default=""),
    Column("result", Text),
    Column("problem", Text),
    #: The tenant it was asked for by.
    Column("tenant", String(32), nullable=False, default=""),
)

#: Answers given at a door, until they are swept. No patient's fact is ever in here; see medrag/catalogue/answers.py.
answers = Table(
    "answers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("asked", String(32), nullable=False, index=True),
    Column("snapshot", String(40), nullable=False, index=True),
    #: All the snapshot held: what was removed since leaves no answer that was given beside it.
    Column("editions", Text, nullable=False),
    Column("cited", Text, nullable=False),
    Column("settings", String(64), nullable=False),
    Column("answerer", String(80), nullable=False),
    Column("question_sha256", String(64), nullable=False),
    #: Only with the asker's consent.
    Column("question", Text),
    Column("request", Text, nullable=False),
    Column("body", Text, nullable=False),
    #: The tenants it was given to, as JSON.
    Column("tenants", Text, nullable=False, default='[""]'),
)

#: Conversations an operator keeps on disk. ``sealed`` is encrypted; ``owner`` a hash; ``expires`` seconds since the epoch.
conversations = Table(
    "conversations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
    Column("written", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

#: Keys of callers. ``digest`` is a keyed hash of the secret, which is nowhere; days and times are ISO 8601, UTC.
keys = Table(
    "keys",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("name", String(80), nullable=False, default=""),
    Column("scopes", String(80), nullable=False),
    Column("tenant", String(32), nullable=False, default=""),
    Column("created", String(32), nullable=False),
    Column("expires", String(32)),
    Column("revoked", String(32)),
    Column("last_used", String(10)),
    Column("per_minute", Integer),
    Column("max_body_bytes", Integer),
    Column("follows", String(16)),
)

#: Who did what, when, and how it ended; rows are added and never changed, each hashed with the one before.
audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("who", String(32), nullable=False),
    Column("act", String(120), nullable=False),
    Column("snapshot", String(40), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("times", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

#: One row: the last record's number and hash. Whoever adds records holds its lock, so that they come one by one.
audit_head = Table(
    "audit_head",
    metadata,
    Column("name", String(8), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

#: What CDS services did on a day: how many checks, and how many cards of them interrupt.
alert_checks = Table(
    "alert_checks",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("service", String(40), primary_key=True),
    Column("checks", Integer, nullable=False),
    Column("interruptive", Integer, nullable=False),
)

#: Every card that was given, by the UUID that its finding has for everyone; ``rules`` is JSON.
alert_cards = Table(
    "alert_cards",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("severity", String(20), nullable=False),
    Column("indicator", String(10), nullable=False),
    Column("rules", Text, nullable=False),
    Column("shown", Integer, nullable=False),
)

#: What was done with them, as counts a day. No row says who, or about whom.
alert_outcomes = Table(
    "alert_outcomes",
    metadata,
    Column("card", String(36), primary_key=True),
    Column("outcome", String(12), primary_key=True),  # accepted | overridden
    Column("reason", String(40), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("times", Integer, nullable=False),
)

#: From which severity findings interrupt: every choice that was made; the last one counts.
alert_levels = Table(
    "alert_levels",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", String(32), nullable=False),
    Column("who", String(32), nullable=False),
    Column("level", String(20), nullable=False),
    Column("reason", Text, nullable=False),
)

#: What was found of a snapshot as a whole; ``results`` is JSON. The last time counts.
examinations = Table(
    "examinations",
    metadata,
    Column("kind", String(16), primary_key=True),  # golden | compared
    Column("snapshot", String(40), primary_key=True),
    Column("at", String(32), nullable=False),
    Column("results", Text, nullable=False),
)

#: What callers say of answers and findings: a code, and words with consent alone. The day, no finer; never who.
feedback = Table(
    "feedback",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("tenant", String(32), nullable=False),
    Column("day", String(10), nullable=False, index=True),
    Column("answer", String(40)),
    Column("card", String(36)),
    Column("helpful", Boolean),
    Column("reason", String(40), nullable=False),
    Column("comment", Text),
)

#: Requests that carry an Idempotency-Key, by a hash of it and its caller: what was asked (its hash) and answered.
once = Table(
    "once",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("request", String(64), nullable=False),
    Column("began", String(32), nullable=False, index=True),
    Column("status", Integer, nullable=False),  # 0 while it is under way
    Column("headers", Text, nullable=False),
    Column("body", Text, nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("created", String(32), nullable=False),
    Column("editions", Text, nullable=False),
    Column("index_name", String(80), nullable=False),
    Column("encoder", String(200), nullable=False),
    Column("passages", Integer, nullable=False),
)

publications = Table(
    "publications",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("snapshot", String(40), nullable=False),
    Column("at", String(32), nullable=False),
    Column("action", String(16), nullable=False),  # publish | rollback | withdraw | remove
    Column("reason", Text, nullable=False, default=""),
)

#: One row a pointer: ``current`` names the snapshot readers see.
pointers = Table(
    "pointers",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("value", String(80), nullable=False),
)
