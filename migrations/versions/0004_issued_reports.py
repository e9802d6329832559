"""reports as they were issued, and saved tallies

Revision: 0004, after 0002.
"""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('issued_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('shape', sa.String(length=20), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('subject', sa.String(length=30), nullable=False),
    sa.Column('args', sa.JSON(), nullable=False),
    sa.Column('issued_at', sa.DateTime(), nullable=False),
    sa.Column('actor', sa.String(length=100), nullable=False),
    sa.Column('access', sa.JSON(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.CheckConstraint('serial >= 1', name=op.f('ck_issued_report_serial_positive')),
    sa.CheckConstraint("shape IN ('table', 'paragraph')", name=op.f('ck_issued_report_shape_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issued_report')),
    sa.UniqueConstraint('year', 'serial', name=op.f('uq_issued_report_year_serial'))
    )
    op.create_table('issued_entry',
    sa.Column('issued_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('entity', sa.String(length=30), nullable=False),
    sa.Column('code', sa.String(length=120), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['issued_id'], ['issued_report.id'], name=op.f('fk_issued_entry_issued_id_issued_report')),
    sa.PrimaryKeyConstraint('issued_id', 'position', name=op.f('pk_issued_entry'))
    )
    op.create_index('ix_issued_entry_entity_code', 'issued_entry', ['entity', 'code'], unique=False)
    op.create_table('saved_tally',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('subject', sa.String(length=30), nullable=False),
    sa.Column('args', sa.JSON(), nullable=False),
    sa.Column('actor', sa.String(length=100), nullable=False),
    sa.Column('saved_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_tally')),
    sa.UniqueConstraint('title', name=op.f('uq_saved_tally_title'))
    )


def downgrade() -> None:
    op.drop_table('saved_tally')
    op.drop_table('issued_entry')
    op.drop_table('issued_report')
