"""Donated items of the demonstration: in use and verified, overdue, handed over, asked for, missing, and with findings."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.demo.story import Story
from portal.features.items import services
from portal.features.items.domain.checking import OpenFinding, PlanCheck, RecordCheck, Severity
from portal.features.items.domain.commands import (
    AskTransfer,
    ConfirmHandover,
    OfferHandover,
    RecordTraining,
    RegisterItem,
)
from portal.features.items.models import Item
from portal.features.items.queries.records import by_id
from portal.features.people.queries import members
from portal.features.shipments.domain.lifecycle import ShipmentState
from portal.features.shipments.models import Shipment
from portal.infra.db import db
from portal.kernel.contract import decode

KEEPER, APPROVER, GUARD = "Ibrahim Saley", "Halima Moussa", "Moctar Adamou"
DONOR, INSPECTOR = "Kirsten Holm", "Ines Carvalho"
INSPECTING = "SAFE-PASSAGE"
READER: dict[str, Any] = {
    "category": "passport-reader-full",
    "manufacturer": "Nordlys Optics",
    "model": "DR2 desk",
    "value": {"amount": "18500.00", "currency": "EUR"},
    "condition": "new",
    "funder": "DK-DEVE",
    "implementer": "SAFE-PASSAGE",
    "unit": "Brigade des documents",
    "site_kind": "border_post",
    "operators_required": "2",
    "attributes": {"firmware": "4.2"},
}
PICKUP: dict[str, Any] = {
    "category": "vehicle-pickup",
    "manufacturer": "Sahel Motors",
    "model": "Piste 4x4",
    "value": {"amount": "23100.00", "currency": "EUR"},
    "condition": "good",
    "funder": "DK-DEVE",
    "unit": "Patrouilles mobiles",
    "site_kind": "border_post",
    "made_year": "2024",
}
POSTS = ("Poste d’Assamakka", "Aéroport d’Agadez", "Poste d’Arlit")


@dataclass(frozen=True, slots=True)
class Items:
    """Told with people who did nothing else that day."""

    story: Story

    def tell(self) -> None:
        self.readers()
        self.from_the_shipment()
        self.vehicles()
        self.blankets()

    def readers(self) -> None:
        """Verified; with an overdue check; waiting for a signature; asked for by another agency; missing."""
        verified = self.in_use(READER, "DR2-118-04471", POSTS[0], received=300)
        self.trained(verified, 2, days=26)
        self.named(verified, days=26)
        self.checked(verified, "seen_working", days=14)
        self.in_use(READER, "DR2-118-04472", POSTS[1], received=410)
        waiting = self.received(READER, "DR2-118-04480", POSTS[2], received=5, days=4)
        self.offered(waiting, POSTS[2], days=2)
        asked = self.in_use(READER, "DR2-118-04474", POSTS[1], received=200)
        command = AskTransfer(to_agency="ML-BORD", unit="Brigade de Gogui", site="Poste de Gogui",
                              site_kind="border_post", reason="L’aéroport en a reçu un plus récent.")  # fmt: skip
        services.ask_transfer(command, item=asked, by=self.story.actor(APPROVER), at=self.story.ago(3))
        missing = self.in_use(READER, "DR2-118-04475", POSTS[2], received=220)
        reason = "Absent à l’inventaire du matin."
        services.report_missing(missing, by=self.story.actor(KEEPER), at=self.story.ago(6), reason=reason)

    def from_the_shipment(self) -> None:
        """The reader that came through the portal, from the pledge to the first check by another agency."""
        shipment = db.session.scalars(select(Shipment).where(Shipment.state == ShipmentState.CLOSED)).first()
        if shipment is None:
            raise LookupError("no shipment of the demonstration is closed")
        origin = {"shipment": shipment.ref, "receipt": 1, "shipment_line": 1, "funder": "", "implementer": ""}
        item = self.register(READER | origin | {"serial": "DR2-118-04511", "site": POSTS[1]}, days=4)
        item = services.deliver(item, by=self.story.actor(KEEPER), at=self.story.ago(4))
        item = self.signed(self.offered(item, POSTS[1], days=3), days=3)
        item = services.put_to_use(item, by=self.story.actor(KEEPER), at=self.story.ago(2))
        self.trained(item, 2, days=2)
        self.named(item, days=2)
        self.checked(item, "seen_working", days=1)

    def vehicles(self) -> None:
        """One that a third agency saw working, and one with a finding that was explained."""
        seen = self.in_use(PICKUP | {"vin": "VF1ZZZ9NXR0114471"}, "", POSTS[0], received=150)
        self.named(seen, days=26)
        self.checked(seen, "seen_working", days=12, odometer=21_480)
        broken = self.in_use(PICKUP | {"vin": "VF1ZZZ9NXR0114488"}, "", POSTS[2], received=230)
        at = self.story.ago(25)
        words = OpenFinding(severity=Severity.MEDIUM, due_on=self.story.ago(5).date(),
                            what="The pick-up stands without two of its wheels.")  # fmt: skip
        finding = services.open_finding(words, item=broken, by=self.story.actor(DONOR), at=at, language="en")
        reason = "Les roues sont commandées, livraison en fin de mois."
        services.explain(finding, by=self.story.actor(KEEPER), at=self.story.ago(9), reason=reason)

    def blankets(self) -> None:
        """Consumables are counted, not numbered."""
        typed = {
            "category": "blanket",
            "quantity": "400",
            "manufacturer": "Atlas Textiles",
            "model": "B-150",
            "value": {"amount": "3200.00", "currency": "EUR"},
            "condition": "new",
            "funder": "DK-DEVE",
            "unit": "Logistique",
            "site": "Dépôt de Niamey",
            "site_kind": "office",
            "received_on": self.story.ago(90).date().isoformat(),
        }
        item = self.register(typed, days=20)
        item = services.deliver(item, by=self.story.actor(KEEPER), at=self.story.ago(20))
        item = self.signed(self.offered(item, "Dépôt de Niamey", days=20), days=19)
        services.store(item, by=self.story.actor(KEEPER), at=self.story.ago(19))

    # ------------------------------------------------------------------------------------------------------- steps

    def register(self, typed: dict[str, Any], *, days: int) -> Item:
        command = decode(RegisterItem, typed)
        return services.register(command, by=self.story.actor(KEEPER), at=self.story.ago(days))

    def received(self, typed: dict[str, Any], serial: str, site: str, *, received: int, days: int) -> Item:
        on = self.story.ago(received).date().isoformat()
        item = self.register(typed | {"serial": serial, "site": site, "received_on": on}, days=days)
        return services.deliver(item, by=self.story.actor(KEEPER), at=self.story.ago(days))

    def offered(self, item: Item, site: str, *, days: int) -> Item:
        keepers = {one.person.name: one.handle for one in members(item.agency_id, at=self.story.ago(days))}
        command = OfferHandover(to=keepers[GUARD], condition="good", unit=item.unit, site=site,
                                site_kind=item.site_kind)  # fmt: skip
        services.offer_handover(command, item=item, by=self.story.actor(KEEPER), at=self.story.ago(days))
        return self.fresh(item)

    def signed(self, item: Item, *, days: int) -> Item:
        command = ConfirmHandover(number=1, received=True, undertaking=True)
        return services.confirm_handover(command, item=item, by=self.story.actor(GUARD), at=self.story.ago(days))

    def in_use(self, typed: dict[str, Any], serial: str, site: str, *, received: int) -> Item:
        """Received long ago, registered when the portal came, then signed for and put to use."""
        item = self.offered(self.received(typed, serial, site, received=received, days=28), site, days=28)
        item = self.signed(item, days=27)
        return services.put_to_use(item, by=self.story.actor(KEEPER), at=self.story.ago(27))

    def trained(self, item: Item, number: int, *, days: int) -> None:
        command = RecordTraining(trained=number, on=self.story.ago(days).date(), training="Formation des opérateurs")
        services.record_training(command, item=item, by=self.story.actor(KEEPER), at=self.story.ago(days))

    def named(self, item: Item, *, days: int) -> None:
        """The donor names who checks it next."""
        item = self.fresh(item)
        if item.next_check_on is None:
            raise LookupError(f"{item.ref} has no check ahead")
        command = PlanCheck(by_agency=INSPECTING, due_on=item.next_check_on)
        services.plan_check(command, item=item, by=self.story.actor(DONOR), at=self.story.ago(days))

    def checked(self, item: Item, result: str, *, days: int, odometer: int | None = None) -> None:
        command = RecordCheck(on=self.story.ago(days).date(), result=result, condition="good", odometer=odometer)
        services.record_check(command, item=self.fresh(item), by=self.story.actor(INSPECTOR), at=self.story.ago(days))

    @staticmethod
    def fresh(item: Item) -> Item:
        """As a page would load it."""
        db.session.flush()
        db.session.expire(item)
        found = by_id(item.id)
        if found is None:
            raise LookupError(item.ref)
        return found


def tell(story: Story) -> None:
    Items(story).tell()
