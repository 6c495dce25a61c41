"""What callers say of answers and findings, and requests that are to be done once however often they are sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("tenant", sa.String(32), nullable=False),
        sa.Column("day", sa.String(10), nullable=False, index=True),
        sa.Column("answer", sa.String(40)),
        sa.Column("card", sa.String(36)),
        sa.Column("helpful", sa.Boolean),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("comment", sa.Text),
    )
    op.create_table(
        "once",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("began", sa.String(32), nullable=False, index=True),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
