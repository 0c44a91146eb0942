"""The certificate of a handover: for both sides, in two languages, with the heads of both ledgers noted as delivered."""

import pypdfium2
from flask import Flask

from portal.features.ledger.domain import Means
from portal.features.ledger.models import LedgerDelivery
from portal.features.ledger.queries import heads
from portal.features.shipments.domain.vocabulary import Reason
from portal.features.shipments.models import Shipment
from portal.infra.db import db
from tests.client import PageClient
from tests.features.shipments.acts import arrived, counted, with_commitment
from tests.features.shipments.test_pages import page_of
from tests.world import World


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def a_shipment(world: World) -> Shipment:
    shipment = arrived(world, with_commitment(world, 6))
    db.session.flush()
    counted(world, shipment, {"received": 4, "damaged": 1, "reason": Reason.DAMAGED, "words": "Wet"})
    db.session.commit()
    return shipment


def test_both_sides_print_one_paper_in_two_languages(app: Flask, client: PageClient, world: World) -> None:
    shipment = a_shipment(world)
    for who in ("donor_officer", "sender_editor"):
        client.sign_in(world.people[who])
        form = client.get(page_of(shipment, "/certificate"))
        assert form.status_code == 200
        paper = client.get(page_of(shipment, "/certificate.pdf?first=fr&second=ar"))
        assert paper.mimetype == "application/pdf"
        said = text_of(paper.data)
        assert shipment.ref in said
        assert "Procès-verbal de remise" in said
        assert "محضر" in said or "رضحم" in said
        with app.app_context():
            for head in heads(shipment.agency_id, shipment.recipient_id):
                assert head.hash[:8] in said


def test_heads_that_were_printed_count_as_delivered(app: Flask, client: PageClient, world: World) -> None:
    shipment = a_shipment(world)
    client.sign_in(world.people["sender_editor"])
    assert client.get(page_of(shipment, "/certificate.pdf?first=fr&second=en")).status_code == 200
    with app.app_context():
        noted = db.session.scalars(db.select(LedgerDelivery).filter_by(means=Means.CERTIFICATE)).all()
        assert {(one.agency_id, one.hash, one.ref) for one in noted} == {
            (head.agency, head.hash, shipment.ref) for head in heads(shipment.agency_id, shipment.recipient_id)
        }


def test_one_language_twice_is_refused_at_the_field_and_an_unknown_one_is_not_found(
    app: Flask, client: PageClient, world: World
) -> None:
    shipment = a_shipment(world)
    client.sign_in(world.people["donor_officer"])
    page = client.get(page_of(shipment, "/certificate.pdf?first=fr&second=fr"))
    assert page.status_code == 422
    assert "differs from the first" in page.text
    assert client.get(page_of(shipment, "/certificate.pdf?first=fr&second=xx")).status_code == 404
    assert client.get(page_of(shipment, "/certificate.pdf")).status_code == 404


def test_who_is_not_of_a_side_prints_nothing(app: Flask, client: PageClient, world: World) -> None:
    shipment = a_shipment(world)
    for who, status in (("stranger_editor", 404), ("auditor", 403)):
        client.sign_in(world.people[who])
        assert client.get(page_of(shipment, "/certificate.pdf?first=fr&second=ar")).status_code == status
