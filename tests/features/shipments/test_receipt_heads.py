"""A receipt names the heads of both ledgers: those that its own entry left, and they count as delivered."""

from flask import Flask

from portal.features.ledger.domain import Means
from portal.features.ledger.models import LedgerDelivery
from portal.features.ledger.queries import heads
from portal.infra.db import db
from tests.client import PageClient
from tests.features.shipments.acts import arrived, counted, with_commitment
from tests.features.shipments.test_pages import main, page_of
from tests.world import World


def test_both_sides_read_the_heads_that_a_receipt_left_and_overseers_do_not(
    app: Flask, client: PageClient, world: World
) -> None:
    shipment = arrived(world, with_commitment(world, 6))
    counted(world, shipment, {"received": 4})
    db.session.commit()
    left = heads(shipment.agency_id, shipment.recipient_id)
    noted = db.session.scalars(db.select(LedgerDelivery).filter_by(means=Means.RECEIPT)).all()
    assert {(one.agency_id, one.hash) for one in noted} == {(head.agency, head.hash) for head in left}
    shown = {head.hash[8:16] for head in left}  # an entry alone shows only the first eight
    for who, sees in (("donor_officer", True), ("sender_editor", True), ("secretariat", False)):
        said = main(client.sign_in(world.people[who]).get(page_of(shipment)))
        assert all((start in said) is sees for start in shown), who
