"""What vouches for the chains: what the last looks found, how far each is known outside, and the signed heads."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.features.agencies.models import Agency
from portal.features.ledger import queries
from portal.features.ledger.models import LedgerCheckpoint
from portal.features.ledger.policy import OVERSEERS, Ledgers
from portal.features.ledger.services import CHAINS, FIGURES
from portal.features.ledger.views.blueprint import bp
from portal.features.ledger.views.ledgers import Chosen
from portal.web.access import current_actor, requires
from portal.web.pagination import Key, paged

HEADS = [Key(LedgerCheckpoint.sequence, descending=True), Key(LedgerCheckpoint.id, descending=True)]


@bp.get("/ledger/chains")
@requires(Ledgers.LOOK_AFTER)
def chains() -> ResponseReturnValue:
    """All chains by their length alone: what stands in them is read on their own pages, by those who may."""
    looks: list[Any] = [(what, queries.newest_check(what)) for what in (CHAINS, FIGURES)]
    page = paged(queries.chains_listed(), [Key(Agency.key)])
    numbers = {one["agency"] for _what, look in looks if look for one in look.details if "agency" in one}
    return render_template(
        "ledger/chains.html",
        page=page,
        looks=looks,
        keys=queries.keys_of(numbers),
        opens=current_actor().role in OVERSEERS,
    )


@bp.get("/ledger/heads")
@requires(Ledgers.LIST)
def heads() -> ResponseReturnValue:
    chosen = Chosen(current_actor(), request.args.get("agency", ""))
    page = paged(queries.signed_heads(chosen.agency_id), HEADS)
    return render_template("ledger/heads.html", page=page, chosen=chosen, public=queries.public_keys())
