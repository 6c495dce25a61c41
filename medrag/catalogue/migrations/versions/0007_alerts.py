"""What alerts ask of those who read them: checks, cards and outcomes as counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "alert_checks",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("service", sa.String(40), primary_key=True),
        sa.Column("checks", sa.Integer, nullable=False),
        sa.Column("interruptive", sa.Integer, nullable=False),
    )
    op.create_table(
        "alert_cards",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("severity", sa.String(20), nullable=False),
        sa.Column("indicator", sa.String(10), nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
    )
    op.create_table(
        "alert_outcomes",
        sa.Column("card", sa.String(36), primary_key=True),
        sa.Column("outcome", sa.String(12), primary_key=True),
        sa.Column("reason", sa.String(40), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
    )
