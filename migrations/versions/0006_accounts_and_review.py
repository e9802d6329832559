"""accounts and their sessions; owners, restrictions and guarded states of what is reviewed; sealed history

Revision: 0006, after 0005.
"""

import hashlib
import json

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

_REVIEWED = ('record', 'benefit', 'yearly_count', 'claim')
_OLD_CHANNELS = "'form', 'import', 'api', 'command'"
_CHANNELS = "'form', 'review', 'import', 'api', 'command'"
_PAIRS = (
    ('draft', 'submitted'), ('returned', 'submitted'), ('submitted', 'draft'), ('draft', 'published'),
    ('submitted', 'published'), ('submitted', 'returned'), ('draft', 'withdrawn'), ('returned', 'withdrawn'),
    ('published', 'withdrawn'), ('withdrawn', 'draft'), ('published', 'draft'), ('withdrawn', 'published'),
)


def upgrade() -> None:
    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('division_id', sa.Integer(), nullable=True),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('signed_in_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint("role IN ('reader', 'contributor', 'reviewer', 'administrator')", name=op.f('ck_account_role_known')),
    sa.CheckConstraint("source IN ('local', 'oidc', 'ldap')", name=op.f('ck_account_source_known')),
    sa.CheckConstraint("login <> ''", name=op.f('ck_account_login_given')),
    sa.CheckConstraint("name <> ''", name=op.f('ck_account_name_given')),
    sa.ForeignKeyConstraint(['division_id'], ['division.id'], name=op.f('fk_account_division_id_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('login', name=op.f('uq_account_login'))
    )
    op.create_table('login_session',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('browser', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_login_session_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_login_session'))
    )
    op.create_index(op.f('ix_login_session_account_id'), 'login_session', ['account_id'])
    op.create_index(op.f('ix_login_session_expires_at'), 'login_session', ['expires_at'])
    op.create_table('amendment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entity', sa.String(length=30), nullable=False),
    sa.Column('entity_code', sa.String(length=120), nullable=False),
    sa.Column('base_number', sa.Integer(), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('four_eyes', sa.Boolean(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.CheckConstraint("state IN ('submitted', 'returned', 'approved', 'recalled')", name=op.f('ck_amendment_state_known')),
    sa.CheckConstraint("state <> 'approved' OR decided_by_id IS NOT NULL", name=op.f('ck_amendment_approved_by_somebody')),
    sa.CheckConstraint("state <> 'approved' OR NOT four_eyes OR decided_by_id <> author_id", name=op.f('ck_amendment_four_eyes_kept')),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_amendment_author_id_account')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['account.id'], name=op.f('fk_amendment_decided_by_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_amendment'))
    )
    op.create_index('ix_amendment_entity', 'amendment', ['entity', 'entity_code'])
    op.create_index(op.f('ix_amendment_state'), 'amendment', ['state'])
    op.create_index(op.f('ix_amendment_author_id'), 'amendment', ['author_id'])
    lock = op.create_table('history_lock',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_history_lock'))
    )
    op.bulk_insert(lock, [{'id': 1}])
    with op.batch_alter_table('revision', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_revision_channel_known'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_revision_channel_known'), f'channel IN ({_CHANNELS})')
        batch_op.add_column(sa.Column('account_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('position', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('hash', sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f('ix_revision_account_id'), ['account_id'], unique=False)
        batch_op.create_unique_constraint(batch_op.f('uq_revision_position'), ['position'])
        batch_op.create_foreign_key(batch_op.f('fk_revision_account_id_account'), 'account', ['account_id'], ['id'])
        batch_op.create_check_constraint(batch_op.f('ck_revision_sealed_whole'), '(position IS NULL) = (hash IS NULL)')
    _seal()
    # Plain ALTER TABLE, which SQLite and PostgreSQL both have: a batch would make `record` anew, and dropping the old
    # one would remove, by cascade, all that hangs on it.
    for table in _REVIEWED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN restricted_to TEXT NOT NULL DEFAULT ''")
        op.execute(f'ALTER TABLE {table} ADD COLUMN owner_id INTEGER CONSTRAINT fk_{table}_owner_id_account REFERENCES account (id)')
        op.create_index(op.f(f'ix_{table}_owner_id'), table, ['owner_id'])
    _make_triggers()


def _seal() -> None:
    """Seal what history there is, by the rule of `catalogue/records/sealing.py` as it was at this revision."""
    connection = op.get_bind()
    table = sa.table('revision', *(sa.column(name) for name in (
        'id', 'entity', 'entity_code', 'number', 'actor', 'account_id', 'channel', 'note', 'batch_id', 'position', 'hash')),
        sa.column('at', sa.DateTime()), sa.column('changes', sa.JSON()))
    before, sealed = '', []
    for position, row in enumerate(connection.execute(sa.select(table).order_by(table.c.id)), 1):
        said = [before, row.entity, row.entity_code, row.number, row.actor, row.account_id,
                row.at.isoformat(timespec='microseconds'), row.channel, row.note, row.changes, row.batch_id]
        written = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(',', ':'))
        before = hashlib.sha256(written.encode('utf-8', 'surrogatepass')).hexdigest()
        sealed.append({'which': row.id, 'place': position, 'seal': before})
    if sealed:
        connection.execute(
            sa.update(table).where(table.c.id == sa.bindparam('which')).values(
                position=sa.bindparam('place'), hash=sa.bindparam('seal')), sealed)


def _make_triggers() -> None:
    steps = ', '.join(f"'{before}>{after}'" for before, after in _PAIRS)
    if op.get_bind().dialect.name == 'sqlite':
        for table in _REVIEWED:
            op.execute(f"""CREATE TRIGGER {table}_review_state BEFORE UPDATE OF review_state ON {table}
                WHEN OLD.review_state <> NEW.review_state AND OLD.review_state || '>' || NEW.review_state NOT IN ({steps})
                BEGIN SELECT RAISE(ABORT, 'review_state: no transition leads there'); END""")
        op.execute("""CREATE TRIGGER revision_kept BEFORE UPDATE ON revision WHEN OLD.hash IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'revision: history is only added to'); END""")
        op.execute("""CREATE TRIGGER revision_not_removed BEFORE DELETE ON revision
            BEGIN SELECT RAISE(ABORT, 'revision: history is only added to'); END""")
        return
    op.execute(f"""CREATE FUNCTION check_review_state() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF OLD.review_state <> NEW.review_state AND OLD.review_state || '>' || NEW.review_state NOT IN ({steps}) THEN
            RAISE EXCEPTION 'review_state: no transition leads there' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""")
    op.execute("""CREATE FUNCTION keep_history() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'DELETE' OR OLD.hash IS NOT NULL THEN
            RAISE EXCEPTION 'revision: history is only added to' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""")
    for table in _REVIEWED:
        op.execute(f"""CREATE TRIGGER {table}_review_state BEFORE UPDATE OF review_state ON {table}
            FOR EACH ROW EXECUTE FUNCTION check_review_state()""")
    op.execute("""CREATE TRIGGER revision_kept BEFORE UPDATE OR DELETE ON revision
        FOR EACH ROW EXECUTE FUNCTION keep_history()""")


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == 'sqlite'
    for table in _REVIEWED:
        op.execute(f'DROP TRIGGER {table}_review_state' + ('' if sqlite else f' ON {table}'))
    op.execute('DROP TRIGGER revision_kept' + ('' if sqlite else ' ON revision'))
    op.execute('DROP TRIGGER revision_not_removed' if sqlite else 'DROP FUNCTION keep_history')
    if not sqlite:
        op.execute('DROP FUNCTION check_review_state')
    for table in _REVIEWED:
        op.drop_index(op.f(f'ix_{table}_owner_id'), table)
        op.execute(f'ALTER TABLE {table} DROP COLUMN owner_id')
        op.execute(f'ALTER TABLE {table} DROP COLUMN restricted_to')
    op.execute("UPDATE revision SET channel = 'form' WHERE channel = 'review'")
    with op.batch_alter_table('revision', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_revision_sealed_whole'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_revision_account_id_account'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_revision_position'), type_='unique')
        batch_op.drop_index(batch_op.f('ix_revision_account_id'))
        batch_op.drop_column('hash')
        batch_op.drop_column('position')
        batch_op.drop_column('account_id')
        batch_op.drop_constraint(batch_op.f('ck_revision_channel_known'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_revision_channel_known'), f'channel IN ({_OLD_CHANNELS})')
    op.drop_table('history_lock')
    op.drop_table('amendment')
    op.drop_table('login_session')
    op.drop_table('account')
