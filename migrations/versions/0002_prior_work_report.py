"""saved reports of prior-work checks

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('prior_work_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=40), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('actor', sa.String(length=100), nullable=False),
    sa.Column('access', sa.JSON(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('scope', sa.JSON(), nullable=False),
    sa.Column('strategy', sa.JSON(), nullable=False),
    sa.Column('index_state', sa.JSON(), nullable=False),
    sa.Column('findings', sa.JSON(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.CheckConstraint('serial >= 1', name=op.f('ck_prior_work_report_serial_positive')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prior_work_report')),
    sa.UniqueConstraint('token', name=op.f('uq_prior_work_report_token')),
    sa.UniqueConstraint('year', 'serial', name=op.f('uq_prior_work_report_year_serial'))
    )


def downgrade() -> None:
    op.drop_table('prior_work_report')
