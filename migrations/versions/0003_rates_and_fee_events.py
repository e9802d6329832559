"""dated fees and factors; patents may see the beginning of substantive examination and the payment of a fee

Revision: 0003, after 0001.
"""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

_UNITS = "'CNY', 'CHF', 'USD', 'EUR', 'JPY', 'tce', 'MWh'"
_BEFORE = "'filed', 'published', 'granted', 'rejected', 'withdrawn', 'lapsed', 'restored', 'invalidated'"
_AFTER = (
    "'filed', 'published', 'examination', 'granted', 'fee_paid', 'rejected', 'withdrawn', 'lapsed', 'restored', "
    "'invalidated'"
)


def _allow_events(types: str) -> None:
    with op.batch_alter_table('patent_event', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_patent_event_type_known'), type_='check')
        batch_op.create_check_constraint(op.f('ck_patent_event_type_known'), f'type IN ({types})')


def upgrade() -> None:
    op.create_table('patent_fee',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('patent_type', sa.String(length=20), nullable=False),
    sa.Column('from_year', sa.Integer(), nullable=False),
    sa.Column('to_year', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.CheckConstraint("patent_type IN ('invention', 'utility_model', 'design')", name=op.f('ck_patent_fee_patent_type_known')),
    sa.CheckConstraint('1 <= from_year AND from_year <= to_year', name=op.f('ck_patent_fee_years_in_order')),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_patent_fee_amount_not_negative')),
    sa.CheckConstraint('valid_to IS NULL OR valid_from <= valid_to', name=op.f('ck_patent_fee_valid_in_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_patent_fee')),
    sa.UniqueConstraint('patent_type', 'from_year', 'valid_from', name='uq_patent_fee_rate')
    )
    op.create_table('unit_factor',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('from_unit', sa.String(length=10), nullable=False),
    sa.Column('to_unit', sa.String(length=10), nullable=False),
    sa.Column('factor', sa.BigInteger(), nullable=False),
    sa.Column('from_year', sa.Integer(), nullable=False),
    sa.Column('to_year', sa.Integer(), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.CheckConstraint(f'from_unit IN ({_UNITS})', name=op.f('ck_unit_factor_from_unit_known')),
    sa.CheckConstraint(f'to_unit IN ({_UNITS})', name=op.f('ck_unit_factor_to_unit_known')),
    sa.CheckConstraint('from_unit <> to_unit', name=op.f('ck_unit_factor_units_differ')),
    sa.CheckConstraint('factor > 0', name=op.f('ck_unit_factor_factor_positive')),
    sa.CheckConstraint('to_year IS NULL OR from_year <= to_year', name=op.f('ck_unit_factor_years_in_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_factor')),
    sa.UniqueConstraint('from_unit', 'to_unit', 'from_year', name='uq_unit_factor_rate')
    )
    _allow_events(_AFTER)


def downgrade() -> None:
    # What the older schema has no word for goes: it never said anything about the legal status.
    op.execute("DELETE FROM patent_event WHERE type IN ('examination', 'fee_paid')")
    _allow_events(_BEFORE)
    op.drop_table('unit_factor')
    op.drop_table('patent_fee')
