"""The first catalogue: works to snapshots."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "pointers",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("value", sa.String(80), nullable=False),
    )
    op.create_table(
        "publications",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("snapshot", sa.String(40), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("started", sa.String(32), nullable=False),
        sa.Column("finished", sa.String(32)),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("receipt", sa.Text, nullable=False),
    )
    op.create_table(
        "snapshots",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("editions", sa.Text, nullable=False),
        sa.Column("index_name", sa.String(80), nullable=False),
        sa.Column("encoder", sa.String(200), nullable=False),
        sa.Column("passages", sa.Integer, nullable=False),
    )
    op.create_table(
        "works",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("publisher", sa.Text, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("authority", sa.String(32), nullable=False),
        sa.Column("jurisdiction", sa.String(8), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("licence", sa.Text, nullable=False),
        sa.Column("licence_url", sa.Text),
        sa.Column("redistributable", sa.Boolean, nullable=False),
        sa.Column("max_quote_chars", sa.Integer),
    )
    op.create_table(
        "editions",
        sa.Column("id", sa.String(170), primary_key=True),
        sa.Column("work", sa.String(80), sa.ForeignKey("works.id"), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("published", sa.String(10), nullable=False),
        sa.Column("valid_from", sa.String(10), nullable=False),
        sa.Column("retrieved", sa.String(10), nullable=False),
        sa.Column("manifest_sha256", sa.String(64), nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("superseded_by", sa.String(170)),
        sa.Column("withdrawn", sa.Text),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("documents", sa.Integer, nullable=False),
        sa.Column("passages", sa.Integer, nullable=False),
        sa.Column("assertions", sa.Integer, nullable=False),
        sa.Column("names", sa.Integer, nullable=False),
    )
    op.create_index("ix_editions_work", "editions", ["work"])
    op.create_table(
        "assertions",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("edition", sa.String(170), sa.ForeignKey("editions.id"), nullable=False),
        sa.Column("predicate", sa.String(64), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("object", sa.Text, nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("native_scale", sa.String(32), nullable=False),
        sa.Column("native_level", sa.Text, nullable=False),
        sa.Column("condition", sa.Text, nullable=False),
        sa.Column("qualifiers", sa.Text, nullable=False),
    )
    op.create_index("ix_assertions_edition", "assertions", ["edition"])
    op.create_table(
        "concepts",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("edition", sa.String(170), sa.ForeignKey("editions.id"), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("codes", sa.Text, nullable=False),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("edition", sa.String(170), sa.ForeignKey("editions.id"), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("raw_sha256", sa.String(64), nullable=False),
        sa.Column("raw_member", sa.Text, nullable=False),
        sa.Column("segments", sa.Text, nullable=False),
        sa.Column("blocks", sa.Text, nullable=False),
        sa.Column("publisher", sa.Text),
        sa.Column("published", sa.String(10)),
        sa.Column("jurisdiction", sa.String(8)),
        sa.Column("url", sa.Text),
        sa.Column("lost_characters", sa.Integer, nullable=False),
        sa.UniqueConstraint("edition", "key", name="uq_documents_edition_key"),
    )
    op.create_table(
        "names",
        sa.Column("concept", sa.String(80), nullable=False),
        sa.Column("edition", sa.String(170), sa.ForeignKey("editions.id"), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("form", sa.String(16), nullable=False),
    )
    op.create_index("ix_names_concept", "names", ["concept"])
    op.create_index("ix_names_edition", "names", ["edition"])
    op.create_index("ix_names_folded", "names", ["folded"])
    op.create_table(
        "evidence",
        sa.Column("assertion", sa.String(32), sa.ForeignKey("assertions.id"), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("document", sa.String(32)),
        sa.Column("start", sa.Integer),
        sa.Column("end", sa.Integer),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("rule", sa.Text),
        sa.Column("premises", sa.Text),
    )
    op.create_table(
        "passages",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("document", sa.String(32), sa.ForeignKey("documents.id"), nullable=False),
        sa.Column("edition", sa.String(170), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("code", sa.String(16)),
        sa.Column("page", sa.Integer),
        sa.Column("scope", sa.Text, nullable=False),
    )
    op.create_index("ix_passages_document", "passages", ["document"])
    op.create_index("ix_passages_edition", "passages", ["edition"])
