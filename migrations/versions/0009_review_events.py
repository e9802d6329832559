"""what happened in review

Revision: 0009, after 0006.
"""

import sqlalchemy as sa
from alembic import op


revision = '0009'
down_revision = '0006'
branch_labels = None
depends_on = None

_STEPS = (
    'draft>submitted', 'returned>submitted', 'submitted>draft', 'draft>published', 'submitted>published',
    'submitted>returned', 'draft>withdrawn', 'returned>withdrawn', 'published>withdrawn', 'withdrawn>draft',
    'published>draft', 'withdrawn>published',
)
_COMMENTED = ('submitted>returned', 'published>withdrawn', 'published>draft', 'withdrawn>published')
_STEP = "state_before || '>' || state_after"


def _listed(steps: tuple[str, ...]) -> str:
    return ', '.join(f"'{step}'" for step in steps)


def upgrade() -> None:
    op.create_table('review_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entity', sa.String(length=30), nullable=False),
    sa.Column('entity_code', sa.String(length=120), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state_before', sa.String(length=20), nullable=False),
    sa.Column('state_after', sa.String(length=20), nullable=False),
    sa.Column('four_eyes', sa.Boolean(), nullable=False),
    sa.Column('actor', sa.String(length=100), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.CheckConstraint(f'{_STEP} IN ({_listed(_STEPS)})', name=op.f('ck_review_event_step_known')),
    sa.CheckConstraint(f"{_STEP} NOT IN ({_listed(_COMMENTED)}) OR comment <> ''", name=op.f('ck_review_event_comment_given')),
    sa.CheckConstraint("state_after <> 'published' OR NOT four_eyes OR account_id IS NULL OR author_id IS NULL"
                       " OR account_id <> author_id", name=op.f('ck_review_event_four_eyes_kept')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_review_event_account_id_account')),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_review_event_author_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_event')),
    sa.UniqueConstraint('entity', 'entity_code', 'number', name='uq_review_event_number')
    )
    op.create_index(op.f('ix_review_event_account_id'), 'review_event', ['account_id'])
    op.create_index('ix_review_event_state_after', 'review_event', ['state_after'])
    if op.get_bind().dialect.name == 'sqlite':
        for name, event in (('kept', 'UPDATE'), ('not_removed', 'DELETE')):
            op.execute(f"""CREATE TRIGGER review_event_{name} BEFORE {event} ON review_event
                BEGIN SELECT RAISE(ABORT, 'review_event: what happened in review is only added to'); END""")
        return
    op.execute("""CREATE FUNCTION keep_review_events() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'review_event: what happened in review is only added to' USING ERRCODE = 'check_violation';
        END $$""")
    op.execute("""CREATE TRIGGER review_event_kept BEFORE UPDATE OR DELETE ON review_event
        FOR EACH ROW EXECUTE FUNCTION keep_review_events()""")


def downgrade() -> None:
    op.drop_table('review_event')
    if op.get_bind().dialect.name != 'sqlite':
        op.execute('DROP FUNCTION keep_review_events')
