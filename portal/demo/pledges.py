"""What invented donors promised, delivered and let lapse, and how invented requests ended. No figure here is real."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from portal.demo.assistance import AGADEZ, EXPERTS, PICKUPS, READERS, TRAINING, UPKEEP, Asked, memorandum
from portal.features.assistance.domain.acts import CloseRequest
from portal.features.assistance.domain.pledging import (
    AcceptPledge,
    CommitPledge,
    ConfirmService,
    OfferPledge,
    RecordService,
)
from portal.features.assistance.domain.searching import SaveSearch
from portal.features.assistance.models import Pledge, Request, RequestLine
from portal.features.assistance.queries import loaded
from portal.features.assistance.services import (
    accept,
    close,
    commit,
    confirm_service,
    offer,
    record_service,
)
from portal.features.assistance.services.interest import show_interest
from portal.features.assistance.services.pledge_clock import lapse_due
from portal.features.assistance.services.searching import save_search
from portal.features.assistance.services.unmet import publish_gaps
from portal.infra.db import db
from portal.kernel.contract import decode

INVENTED = "Exemple inventé pour la démonstration."
PEOPLE_OF = {  # who writes and who approves for an agency that asks
    "NE": ("Ibrahim Saley", "Halima Moussa"),
    "ML": ("Fatoumata Keita", "Seydou Traore"),
    "TN": ("Leila Trabelsi", "Sami Gharbi"),
    "MA": ("Salma Berrada", "Karim Tazi"),
    "CN": ("Lin Yue", "Zhao Ming"),
    "MN": ("Oyuna Bataar", "Temur Ganzorig"),
}
COMPUTERS: dict[str, Any] = {
    "kind": "equipment",
    "category": "computer-desktop",
    "what": "Postes de travail pour les guichets",
    "quantity": "12",
    "unit": "piece",
    "unit_cost": {"amount": "900.00", "currency": "EUR"},
    "sustainment": UPKEEP,
}
MORE = (  # State, lines, days since it was opened, why it was closed
    ("NE", [READERS | {"quantity": "5"}], 120, None),
    ("NE", [PICKUPS | {"quantity": "2", "required": "5"}], 200, None),
    ("NE", [COMPUTERS], 70, None),
    ("NE", [TRAINING], 400, "too_late"),
    ("ML", [READERS | {"quantity": "6", "required": "6"}], 90, None),
    ("ML", [COMPUTERS, TRAINING], 60, None),
    ("TN", [COMPUTERS | {"quantity": "8"}], 45, None),
    ("TN", [PICKUPS | {"quantity": "3"}], 330, "met_elsewhere"),
    ("MA", [READERS | {"quantity": "4"}], 50, None),
    ("MN", [READERS | {"quantity": "3"}, PICKUPS], 380, "no_donor"),
    ("MN", [PICKUPS | {"quantity": "5", "required": "8"}], 150, None),
    ("CN", [TRAINING], 100, "no_longer_needed"),
)


@dataclass(frozen=True, slots=True)
class Promised:
    """Tells what donors did about what was asked for, and how some requests ended."""

    asked: Asked

    def tell(self) -> None:
        self.italy_joins()
        self.a_pledge_that_lapsed()
        self.a_training_that_was_held()
        self.partly_met()
        self.not_met()
        self.donors_look_around()
        db.session.flush()
        publish_gaps(at=self.asked.at)

    def italy_joins(self) -> None:
        """Three of the ten readers, so that one is left for whoever is first."""
        readers = self._line_of(str(AGADEZ["title"]), 1)
        values = {"quantity": "3", "unit_value": {"typed": "18500", "currency": "EUR"}, "export_licence": "not_needed"}
        conditions = {"conditions": "Operators are trained before the readers are sent.", "conditions_language": "en"}
        self._accepted("Chiara Valenti", readers, values | conditions, days=12)

    def a_pledge_that_lapsed(self) -> None:
        """Nobody accepted it in time, so its pick-ups are open again."""
        pickups = self._line_of(str(AGADEZ["title"]), 2)
        values = {"quantity": "2", "unit_value": {"typed": "23100", "currency": "EUR"}}
        self._offered("Chiara Valenti", pickups, values, days=26, valid=18)
        db.session.flush()
        lapse_due(at=self.asked.ago(6))

    def a_training_that_was_held(self) -> None:
        """Promised, held and confirmed: the request is fulfilled."""
        request = self._request("ML", [TRAINING], days=140)
        pledge = self._committed(request.lines[0], {"quantity": "20", "unit_value": _euro("400")}, days=100)
        first = self.asked.ago(60).date()
        held = {"starts_on": first, "ends_on": first + timedelta(days=1), "quantity": "20", "attended": "20"}
        command = decode(RecordService, {key: str(value) for key, value in held.items()})
        record_service(command, pledge=pledge, by=self.asked.actor("Kirsten Holm"), at=self.asked.ago(57))
        db.session.flush()
        by = self.asked.actor("Seydou Traore")
        confirm_service(ConfirmService(number=1, accepted=20), pledge=pledge, by=by, at=self.asked.ago(55))

    def partly_met(self) -> None:
        """Four of eight computers were promised by agreement, and then nobody came for the others."""
        request = self._request("TN", [COMPUTERS | {"quantity": "8", "required": "8", "existing": "0"}], days=260)
        self._committed(request.lines[0], {"quantity": "4", "unit_value": _euro("900")}, days=220)
        self._closed(request, "TN", "no_donor", partly=True, days=30)

    def not_met(self) -> None:
        for state, lines, days, cause in MORE:
            request = self._request(state, lines, days=days)
            if cause:
                self._closed(request, state, cause, partly=False, days=20)

    def donors_look_around(self) -> None:
        """A quiet interest of two donors, and searches that they come back to."""
        request = self._open(str(AGADEZ["title"]))
        for who in ("Kirsten Holm", "Chiara Valenti"):
            show_interest(request, by=self.asked.actor(who), at=self.asked.ago(9))
        for who, name, args in (
            ("Kirsten Holm", "Document readers in Africa", {"group": "document_readers", "region": "Africa"}),
            ("Kirsten Holm", "Never pledged, longest first", {"never": "1", "sort": "fair"}),
            ("Chiara Valenti", "Training", {"line": "training"}),
        ):
            save_search(SaveSearch(name=name), args=args, by=self.asked.actor(who), at=self.asked.ago(2))

    # ------------------------------------------------------------------------------------------------------- steps

    def _line_of(self, title: str, number: int) -> RequestLine:
        return next(line for line in self._open(title).lines if line.number == number)

    def _open(self, title: str) -> Request:
        query = loaded(db.select(Request).filter_by(title=title, state="open").order_by(Request.id))
        found = db.session.scalars(query).first()
        if found is None:
            raise LookupError(title)
        return found

    def _request(self, state: str, lines: list[dict[str, Any]], *, days: int) -> Request:
        author, approver = PEOPLE_OF[state]
        terms = EXPERTS | {"title": str(lines[0]["what"]), "problem": INVENTED, "lines": lines}
        terms |= {"ta_types": ["equipment"], "provisions": ["14.3"], "label": "green"}
        request = self.asked.handed_in(author, approver, terms, days=days + 8)
        self.asked.open(request, days=days)
        db.session.flush()
        return request

    def _offered(
        self, who: str, line: RequestLine, values: Mapping[str, Any], *, days: int, valid: int = 200
    ) -> Pledge:
        on = self.asked.ago(days).date()
        ahead = {
            "available_from": (on + timedelta(days=10)).isoformat(),
            "valid_until": (on + timedelta(days=valid)).isoformat(),
            "means": "in_kind",
            "valuation": "market",
        }
        command = decode(OfferPledge, ahead | dict(values))
        return offer(command, line=line, by=self.asked.actor(who), at=self.asked.ago(days))

    def _accepted(self, who: str, line: RequestLine, values: Mapping[str, Any], *, days: int) -> Pledge:
        pledge = self._offered(who, line, values, days=days)
        db.session.flush()
        approvers = {self.asked.agency(author).key: approver for author, approver in PEOPLE_OF.values()}
        by = self.asked.actor(approvers[pledge.request.agency.key])
        seen = AcceptPledge(version=pledge.version, conditions_read=True)
        accept(seen, pledge=pledge, by=by, at=self.asked.ago(days - 2))
        db.session.flush()
        return pledge

    def _committed(self, line: RequestLine, values: Mapping[str, Any], *, days: int) -> Pledge:
        pledge = self._accepted("Kirsten Holm", line, values, days=days)
        agreed = CommitPledge(
            version=pledge.version,
            agreement="Memorandum of understanding",
            agreement_on=self.asked.ago(days - 5).date(),
            file=memorandum(),
        )
        commit(agreed, pledge=pledge, by=self.asked.actor("Anders Lund"), at=self.asked.ago(days - 6))
        db.session.flush()
        return pledge

    def _closed(self, request: Request, state: str, cause: str, *, partly: bool, days: int) -> None:
        words = CloseRequest.model_validate({"cause": cause, "reason": INVENTED, "partly": partly})
        close(words, request=request, by=self.asked.actor(PEOPLE_OF[state][1]), at=self.asked.ago(days))


def _euro(amount: str) -> dict[str, str]:
    return {"typed": amount, "currency": "EUR"}
