"""The pages of the ledger."""

from portal.features.ledger.views import corrections, ledgers, vouching
from portal.features.ledger.views.blueprint import bp
from portal.features.ledger.views.part import part

__all__ = ["bp", "corrections", "ledgers", "part", "vouching"]
