"""Answers that can be fetched again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("asked", sa.String(32), nullable=False, index=True),
        sa.Column("snapshot", sa.String(40), nullable=False, index=True),
        sa.Column("editions", sa.Text, nullable=False),
        sa.Column("cited", sa.Text, nullable=False),
        sa.Column("settings", sa.String(64), nullable=False),
        sa.Column("answerer", sa.String(80), nullable=False),
        sa.Column("question_sha256", sa.String(64), nullable=False),
        sa.Column("question", sa.Text),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
