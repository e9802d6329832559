"""who brought, tried and applied an import

Revision: 0012, after 0011.
"""

from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

_COLUMNS = ('uploader_id', 'tried_for_id', 'applied_by_id')


def upgrade() -> None:
    # Plain ALTER TABLE, which SQLite and PostgreSQL both have: a batch would make the table anew.
    for name in _COLUMNS:
        op.execute(
            f'ALTER TABLE import_batch ADD COLUMN {name} INTEGER '
            f'CONSTRAINT fk_import_batch_{name}_account REFERENCES account (id)'
        )
    op.create_index(op.f('ix_import_batch_uploader_id'), 'import_batch', ['uploader_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_import_batch_uploader_id'), 'import_batch')
    for name in _COLUMNS:
        op.execute(f'ALTER TABLE import_batch DROP COLUMN {name}')
