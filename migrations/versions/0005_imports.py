"""imports as batches that can be undone, and layouts of sheets that are remembered

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

_STATES = "'planning', 'planned', 'refused', 'applied', 'undone'"


def upgrade() -> None:
    op.create_table('import_batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=40), nullable=False),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.Column('serial', sa.Integer(), nullable=True),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('actor', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('applied_at', sa.DateTime(), nullable=True),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.CheckConstraint(f'state IN ({_STATES})', name=op.f('ck_import_batch_state_known')),
    sa.CheckConstraint('serial >= 1', name=op.f('ck_import_batch_serial_positive')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_batch')),
    sa.UniqueConstraint('token', name=op.f('uq_import_batch_token')),
    sa.UniqueConstraint('year', 'serial', name=op.f('uq_import_batch_year_serial'))
    )
    op.create_table('import_layout',
    sa.Column('signature', sa.String(length=64), nullable=False),
    sa.Column('entity_table', sa.String(length=30), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('extra', sa.JSON(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('signature', name=op.f('pk_import_layout'))
    )
    with op.batch_alter_table('revision', schema=None) as batch_op:
        batch_op.add_column(sa.Column('batch_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_revision_batch_id'), ['batch_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_revision_batch_id_import_batch'), 'import_batch', ['batch_id'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('revision', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_revision_batch_id_import_batch'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_revision_batch_id'))
        batch_op.drop_column('batch_id')
    op.drop_table('import_layout')
    op.drop_table('import_batch')
