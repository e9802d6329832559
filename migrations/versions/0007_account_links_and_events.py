"""links to accounts, their events, identities elsewhere, and attempts to sign in

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

_EVENTS = ("'created', 'changed', 'closed', 'opened', 'invited', 'reset', 'password_set', 'password_changed', "
           "'signed_in', 'signed_out', 'sessions_ended'")


def upgrade() -> None:
    op.create_table('account_link',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint("purpose IN ('first', 'invitation', 'reset')", name=op.f('ck_account_link_purpose_known')),
    sa.CheckConstraint("(purpose = 'first') = (account_id IS NULL)", name=op.f('ck_account_link_account_named')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_link_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_account_link'))
    )
    op.create_index(op.f('ix_account_link_account_id'), 'account_link', ['account_id'])
    op.create_table('account_identity',
    sa.Column('issuer', sa.String(length=200), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_identity_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('issuer', 'subject', name=op.f('pk_account_identity'))
    )
    op.create_index(op.f('ix_account_identity_account_id'), 'account_identity', ['account_id'])
    op.create_table('account_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('event', sa.String(length=20), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('actor', sa.String(length=100), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.CheckConstraint(f'event IN ({_EVENTS})', name=op.f('ck_account_event_event_known')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_event_account_id_account')),
    sa.ForeignKeyConstraint(['actor_id'], ['account.id'], name=op.f('fk_account_event_actor_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_event'))
    )
    op.create_index(op.f('ix_account_event_account_id'), 'account_event', ['account_id'])
    op.create_table('sign_in_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login_hash', sa.String(length=64), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_attempt'))
    )
    for column in ('login_hash', 'address', 'at'):
        op.create_index(op.f(f'ix_sign_in_attempt_{column}'), 'sign_in_attempt', [column])
    if op.get_bind().dialect.name == 'sqlite':
        for name, what in (('kept', 'UPDATE'), ('not_removed', 'DELETE')):
            op.execute(f"""CREATE TRIGGER account_event_{name} BEFORE {what} ON account_event
                BEGIN SELECT RAISE(ABORT, 'account_event: rows are only added'); END""")
        return
    op.execute("""CREATE FUNCTION keep_account_events() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'account_event: rows are only added' USING ERRCODE = 'check_violation'; END $$""")
    op.execute("""CREATE TRIGGER account_event_kept BEFORE UPDATE OR DELETE ON account_event
        FOR EACH ROW EXECUTE FUNCTION keep_account_events()""")


def downgrade() -> None:
    op.drop_table('sign_in_attempt')
    op.drop_table('account_event')
    op.drop_table('account_identity')
    op.drop_table('account_link')
    if op.get_bind().dialect.name != 'sqlite':
        op.execute('DROP FUNCTION keep_account_events')
