"""aliases of divisions with the days on which they hold, and names that mean one thing

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

_OVERLAP = """COALESCE(other.valid_from, '0001-01-01') <= COALESCE(NEW.valid_to, '9999-12-31')
    AND COALESCE(NEW.valid_from, '0001-01-01') <= COALESCE(other.valid_to, '9999-12-31')"""
_OF_ALIAS = f"""EXISTS (SELECT 1 FROM division AS other
        WHERE other.id <> NEW.division_id AND (other.name = NEW.name OR other.code = NEW.name))
    OR EXISTS (SELECT 1 FROM division_alias AS other
        WHERE other.division_id <> NEW.division_id AND other.name = NEW.name AND {_OVERLAP})"""


def _of_own(table: str, column: str, other: str) -> str:
    """A name that is another's code, or the reverse; of divisions also another's alias."""
    taken = f'EXISTS (SELECT 1 FROM {table} AS other WHERE other.id <> NEW.id AND other.{other} = NEW.{column})'
    if table == 'division':
        taken += (f' OR EXISTS (SELECT 1 FROM division_alias AS other'
                  f' WHERE other.division_id <> NEW.id AND other.name = NEW.{column})')
    return taken


# Name of the trigger, its table, the columns at whose change it looks, when two things would have one name, and the
# words of the refusal, which end with the field.
_TRIGGERS = (
    ('division_alias_unmistakable', 'division_alias', 'name, division_id, valid_from, valid_to', _OF_ALIAS,
     'another division is called so: aliases'),
    *((f'{table}_{column}_unmistakable', table, column, _of_own(table, column, other), f'another is called so: {column}')
      for table in ('division', 'award_scheme') for column, other in (('name', 'code'), ('code', 'name'))),
)
_LOCK = 1301  # of PostgreSQL: two who name things at once wait for each other, or neither would see the other's name


def upgrade() -> None:
    op.rename_table('division_alias', 'old_division_alias')
    op.drop_index(op.f('ix_division_alias_division_id'), 'old_division_alias')
    if op.get_bind().dialect.name == 'postgresql':  # whose constraints have names of their own
        op.execute('ALTER TABLE old_division_alias DROP CONSTRAINT pk_division_alias')
    op.create_table('division_alias',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('division_id', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.CheckConstraint('valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to', name=op.f('ck_division_alias_life_order')),
    sa.ForeignKeyConstraint(['division_id'], ['division.id'], name=op.f('fk_division_alias_division_id_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_division_alias'))
    )
    op.execute('INSERT INTO division_alias (name, division_id) SELECT name, division_id FROM old_division_alias ORDER BY division_id, name')
    op.drop_table('old_division_alias')
    op.create_index(op.f('ix_division_alias_division_id'), 'division_alias', ['division_id'])
    op.create_index(op.f('ix_division_alias_name'), 'division_alias', ['name'])
    # Names that mean two things already stay as they are: `catalogue check` lists them.
    _make_triggers()


def _make_triggers() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for name, table, columns, taken, words in _TRIGGERS:
            for event, suffix in (('INSERT', 'new'), (f'UPDATE OF {columns}', 'changed')):
                op.execute(f"""CREATE TRIGGER {name}_{suffix} BEFORE {event} ON {table}
                    BEGIN SELECT RAISE(ABORT, '{words}') WHERE {taken}; END""")
        return
    for name, table, columns, taken, words in _TRIGGERS:
        op.execute(f"""CREATE FUNCTION check_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM pg_advisory_xact_lock({_LOCK});
            IF {taken} THEN
                RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW; END $$""")
        op.execute(f"""CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF {columns} ON {table}
            FOR EACH ROW EXECUTE FUNCTION check_{name}()""")


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == 'sqlite'
    for name, table, *_rest in _TRIGGERS:
        if sqlite:
            op.execute(f'DROP TRIGGER {name}_new')
            op.execute(f'DROP TRIGGER {name}_changed')
        else:
            op.execute(f'DROP TRIGGER {name} ON {table}')
            op.execute(f'DROP FUNCTION check_{name}')
    op.rename_table('division_alias', 'new_division_alias')
    op.drop_index(op.f('ix_division_alias_division_id'), 'new_division_alias')
    op.drop_index(op.f('ix_division_alias_name'), 'new_division_alias')
    if not sqlite:
        op.execute('ALTER TABLE new_division_alias DROP CONSTRAINT pk_division_alias')
        op.execute('ALTER TABLE new_division_alias DROP CONSTRAINT fk_division_alias_division_id_division')
    op.create_table('division_alias',
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('division_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['division_id'], ['division.id'], name=op.f('fk_division_alias_division_id_division')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_division_alias'))
    )
    # A name had one division then, whenever it held: the one that has had it last.
    op.execute("""INSERT INTO division_alias (name, division_id)
        SELECT name, division_id FROM (
            SELECT name, division_id, ROW_NUMBER() OVER (
                PARTITION BY name ORDER BY COALESCE(valid_to, '9999-12-31') DESC, id DESC) AS place
            FROM new_division_alias) AS ordered
        WHERE place = 1""")
    op.drop_table('new_division_alias')
    op.create_index(op.f('ix_division_alias_division_id'), 'division_alias', ['division_id'])
