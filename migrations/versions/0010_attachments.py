"""attachments of records: the files by their SHA-256, their texts, and on which record they hang

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stored_file',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('format', sa.String(length=10), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=True),
    sa.Column('text_state', sa.String(length=10), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint("format IN ('pdf', 'docx', 'xlsx', 'jpeg', 'png', 'tiff', 'webp')", name=op.f('ck_stored_file_format_known')),
    sa.CheckConstraint("text_state IN ('text', 'none', 'unread', 'picture')", name=op.f('ck_stored_file_text_state_known')),
    sa.CheckConstraint('length(sha256) = 64', name=op.f('ck_stored_file_sha256_whole')),
    sa.CheckConstraint('size > 0', name=op.f('ck_stored_file_size_positive')),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_stored_file'))
    )
    op.create_table('attachment_text',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['sha256'], ['stored_file.sha256'], name=op.f('fk_attachment_text_sha256_stored_file'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_attachment_text'))
    )
    op.create_table('attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('description', sa.String(length=300), nullable=False),
    sa.Column('actor', sa.String(length=100), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('removed_by', sa.String(length=100), nullable=False),
    sa.Column('removed_by_id', sa.Integer(), nullable=True),
    sa.Column('removed_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint("(state = 'removed') = (removed_at IS NOT NULL)", name=op.f('ck_attachment_removed_whole')),
    sa.CheckConstraint("name <> ''", name=op.f('ck_attachment_name_given')),
    sa.CheckConstraint("state IN ('present', 'removed')", name=op.f('ck_attachment_state_known')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_attachment_account_id_account')),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], name=op.f('fk_attachment_record_id_record'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['removed_by_id'], ['account.id'], name=op.f('fk_attachment_removed_by_id_account')),
    sa.ForeignKeyConstraint(['sha256'], ['stored_file.sha256'], name=op.f('fk_attachment_sha256_stored_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment'))
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_record_id'), ['record_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_sha256'), ['sha256'], unique=False)


def downgrade() -> None:
    op.drop_table('attachment')
    op.drop_table('attachment_text')
    op.drop_table('stored_file')
