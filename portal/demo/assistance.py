"""What the invented people asked for under Article 14(3) before the demonstration opens, in several states."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.acts import (
    AnswerQuestion,
    AskRequester,
    CloseRequest,
    RecordDiligence,
    ReleaseRequest,
)
from portal.features.assistance.domain.asking import STEPS
from portal.features.assistance.domain.drafting import SAVED_STEPS
from portal.features.assistance.domain.pledging import AcceptPledge, CommitPledge, OfferPledge
from portal.features.assistance.models import Request
from portal.features.assistance.queries import by_id
from portal.features.assistance.services import (
    accept,
    answer,
    approve,
    ask,
    close,
    commit,
    create_draft,
    hold,
    offer,
    open_request,
    record_diligence,
    release,
    send_back,
    submit_request,
)
from portal.infra.db import db
from portal.infra.files import take
from portal.kernel.contract import decode
from portal.kernel.files import StoredFile
from portal.kernel.policy import Actor
from portal.web.uploads import store

UPKEEP: dict[str, Any] = {
    "power": "secured",
    "fuel": "not_needed",
    "spares": "planned",
    "licences": "secured",
    "insurance": "not_needed",
    "operators": "20",
    "budget_owner": "Ministère de l’Intérieur, à partir de l’année 4",
}
READERS: dict[str, Any] = {
    "kind": "equipment",
    "category": "passport-reader-full",
    "what": "Lecteurs de passeports électroniques de bureau, UV et infrarouge",
    "quantity": "10",
    "unit": "piece",
    "unit_cost": {"amount": "18500.00", "currency": "EUR"},
    "existing": "0",
    "required": "10",
    "needs_training": "yes",
    "alternatives": "Lecteurs portables, si l’écran est en français.",
    "spec": {
        "icao_9303": "yes",
        "mrz": "yes",
        "chip": "yes",
        "uv_ir": "yes",
        "offline": "yes",
        "surge_protected": "yes",
        "licence_years": "3",
    },
    "sustainment": UPKEEP,
}
PICKUPS: dict[str, Any] = {
    "kind": "equipment",
    "category": "vehicle-pickup",
    "what": "Camionnettes tout-terrain diesel, volant à gauche",
    "quantity": "4",
    "unit": "piece",
    "unit_cost": {"amount": "23100.00", "currency": "EUR"},
    "existing": "3",
    "existing_condition": "poor",
    "required": "7",
    "accepts_used": "yes",
    "spec": {"drive": "four_wheel", "steering": "left", "fuel": "diesel", "spares_in_country": "yes"},
    "sustainment": UPKEEP | {"fuel": "secured", "insurance": "planned", "spares": "secured"},
}
TRAINING: dict[str, Any] = {
    "kind": "training",
    "what": "Formation des opérateurs, deux jours, avec un module sur le traitement humain",
    "quantity": "20",
    "unit": "person",
    "days": "2",
}
AGADEZ: dict[str, Any] = {
    "title": "Contrôle documentaire – corridor Agadez",
    "title_language": "fr",
    "end_user_unit": "Brigade des documents",
    "sites": [
        {"name": "Poste frontière d’Assamakka", "kind": "border_post"},
        {"name": "Aéroport d’Agadez", "kind": "airport"},
    ],
    "contact": "Secrétariat de la police aux frontières, desk@ne-bord.example",
    "ta_types": ["equipment", "training"],
    "provisions": ["14.3", "14.2.b"],
    "problem": "Dix postes contrôlent 1 900 voyageurs par jour sans aucun lecteur de documents. "
    "Les faux passeports sont cherchés à l’œil nu.",
    "objective": "Lire chaque document au premier contrôle, et former ensuite les collègues.",
    "priority": "high",
    "strategy": "Stratégie nationale de gestion des frontières",
    "review_observation": "Art. 14(2)(b)",
    "safeguards": "Module sur le traitement humain pour tous les opérateurs et conducteurs ; registre des plaintes.",
    "data_protection_basis": "Loi 2017-28 sur la protection des données personnelles.",
    "label": "green",
    "lines": [READERS, PICKUPS, TRAINING],
}
PATROLS: dict[str, Any] = {
    "title": "Vehículos para tres pasos terrestres",
    "title_language": "es",
    "end_user_unit": "Dirección de fronteras terrestres",
    "sites": [{"name": "Paso de Gogui", "kind": "border_post"}],
    "contact": "Oficina de logística, desk@ml-bord.example",
    "ta_types": ["equipment"],
    "provisions": ["14.3"],
    "problem": "Los tres pasos distan 140 km por pistas de arena. Las patrullas llegan tarde a las personas en peligro.",
    "objective": "Dos equipos pueden permanecer fuera al mismo tiempo.",
    "priority": "critical",
    "priority_reason": "Personas quedan sin agua en el desierto.",
    "safeguards": "Formación en trato humano y primeros auxilios.",
    "label": "amber",
    "lines": [PICKUPS | {"what": "Vehículos todoterreno", "quantity": "6", "required": "9"}],
}
EXPERTS: dict[str, Any] = AGADEZ | {
    "title": "Appui à la rédaction d’un guide de contrôle secondaire",
    "ta_types": ["legal_advice", "mentoring"],
    "provisions": ["14.1", "14.2.e"],
    "problem": "Les agents n’ont pas de guide écrit pour le contrôle secondaire.",
    "objective": "Un guide bref, relu par une organisation de protection.",
    "priority": "medium",
    "lines": [{"kind": "expertise", "what": "Experts en procédures", "quantity": "15", "unit": "day", "days": "15"}],
}
AGREEMENT = b"Memorandum of understanding. Invented for the demonstration: it binds nobody.\n"
READY: dict[str, Any] = {"outcome": "cleared", "risk": "medium", "factors": ["privacy", "non_refoulement"]}
MITIGATION = "Humane-treatment module under Article 14(2)(e) for all drivers and operators."


@dataclass(frozen=True, slots=True)
class Asked:
    """Tells what was asked for, each step `days` before the demonstration is loaded."""

    at: datetime
    actor: Callable[[str], Actor]
    agency: Callable[[str], Agency]

    def tell(self) -> None:
        self.opened_after_a_question()
        self.amber_and_released()
        self.waiting_for_screening()
        self.waiting_for_approval()
        self.on_hold_and_closed()
        self.begun()

    def opened_after_a_question(self) -> None:
        """The journey of the origin agency: sent back, answered, opened, asked about by a donor."""
        request = self.handed_in("Ibrahim Saley", "Halima Moussa", AGADEZ, days=40)
        amina = self.actor("Amina Rahimov")
        send_back(request, by=amina, at=self.ago(36), reason="Who insures the vehicles?")
        said = "L’assurance est payée par le ministère de l’Intérieur."
        request.draft = request.draft | {"other_donors": said}
        submit_request(request, by=self.actor("Ibrahim Saley"), at=self.ago(34))
        approve(request, by=self.actor("Halima Moussa"), at=self.ago(33))
        self.open(request, days=30)
        question = AskRequester(text="Which posts have solar power already?", language="en")
        ask(question, request=request, by=self.actor("Kirsten Holm"), at=self.ago(20))
        self.pledges(request)
        reply = AnswerQuestion(question=1, text="Quatre postes, depuis 2025.", language="fr")
        answer(reply, request=request, by=self.actor("Ibrahim Saley"), at=self.ago(18))

    def amber_and_released(self) -> None:
        """Only the donor to which it was released sees it."""
        request = self.handed_in("Fatoumata Keita", "Seydou Traore", PATROLS, days=25)
        self.open(request, days=19)
        release(ReleaseRequest(to="DK-DEVE"), request=request, by=self.actor("Seydou Traore"), at=self.ago(15))
        question = AskRequester(text="Is a second-hand fleet acceptable?", language="en")
        ask(question, request=request, by=self.actor("Kirsten Holm"), at=self.ago(3))

    def waiting_for_screening(self) -> None:
        vehicles = AGADEZ | {"title": "Lecteurs pour l’aéroport de Niamey", "lines": [READERS | {"quantity": "4"}]}
        self.handed_in("Ibrahim Saley", "Halima Moussa", vehicles, days=8)
        self.handed_in("Fatoumata Keita", "Seydou Traore", EXPERTS | {"label": "amber"}, days=3)

    def waiting_for_approval(self) -> None:
        written = EXPERTS | {"title": "Formation de formateurs à l’examen des documents"}
        self.submitted("Ibrahim Saley", written, days=1)

    def on_hold_and_closed(self) -> None:
        request = self.handed_in("Leila Trabelsi", "Sami Gharbi", EXPERTS | {"lines": [TRAINING]}, days=90)
        self.open(request, days=80)
        hold(request, by=self.actor("Amina Rahimov"), at=self.ago(10), reason="The unit is being reorganised.")
        closed = self.handed_in("Salma Berrada", "Karim Tazi", AGADEZ | {"lines": [PICKUPS]}, days=300)
        self.open(closed, days=290)
        words = CloseRequest(cause="no_donor", reason="Aucun donateur en neuf mois.", partly=False)
        close(words, request=closed, by=self.actor("Karim Tazi"), at=self.ago(12))

    def begun(self) -> None:
        start = {"title": "Radios pour les patrouilles", "title_language": "fr", "label": "amber", "priority": "medium"}
        by = self.actor("Ibrahim Saley")
        create_draft(self.agency("Ibrahim Saley"), by=by, at=self.ago(2), start=start)

    # ------------------------------------------------------------------------------------------------------- steps

    def ago(self, days: int) -> datetime:
        return self.at - timedelta(days=days)

    def submitted(self, author: str, terms: Mapping[str, Any], *, days: int) -> Request:
        needed_by = (self.at + timedelta(days=210)).date().isoformat()
        start = dict(terms) | {"needed_by": needed_by, SAVED_STEPS: list(STEPS)}
        by = self.actor(author)
        written = create_draft(self.agency(author), by=by, at=self.ago(days), start=start)
        db.session.flush()
        db.session.expire(written)
        request = by_id(written.id)
        if request is None:
            raise LookupError(f"{author}'s request is not there")
        return submit_request(request, by=by, at=self.ago(days))

    def handed_in(self, author: str, approver: str, terms: Mapping[str, Any], *, days: int) -> Request:
        request = self.submitted(author, terms, days=days + 1)
        return approve(request, by=self.actor(approver), at=self.ago(days))

    def pledges(self, request: Request) -> None:
        """Six of the ten readers are committed, and training is promised and waits for an answer."""
        ahead = {
            "available_from": (self.at.date() + timedelta(days=30)).isoformat(),
            "valid_until": (self.at.date() + timedelta(days=67)).isoformat(),
            "means": "in_kind",
            "valuation": "market",
        }
        donor, readers, taught = self.actor("Kirsten Holm"), request.lines[0], request.lines[-1]
        value = {"typed": "18500", "currency": "EUR"}
        command = decode(OfferPledge, ahead | {"quantity": "6", "unit_value": value})
        pledge = offer(command, line=readers, by=donor, at=self.ago(16))
        seen = AcceptPledge(version=pledge.version, conditions_read=True)
        accept(seen, pledge=pledge, by=self.actor("Halima Moussa"), at=self.ago(14))
        db.session.flush()
        agreed = CommitPledge(
            version=pledge.version,
            agreement="Memorandum of understanding",
            agreement_on=self.ago(9).date(),
            file=memorandum(),
        )
        commit(agreed, pledge=pledge, by=self.actor("Anders Lund"), at=self.ago(8))
        value = {"typed": "400", "currency": "EUR"}
        command = decode(OfferPledge, ahead | {"quantity": "10", "unit_value": value})
        offer(command, line=taught, by=donor, at=self.ago(4))

    def open(self, request: Request, *, days: int) -> None:
        until = (self.at + timedelta(days=365)).date().isoformat()
        by = self.actor("Amina Rahimov")
        command = decode(RecordDiligence, READY | {"mitigation": MITIGATION, "valid_until": until})
        record_diligence(command, request=request, by=by, at=self.ago(days))
        open_request(request, by=by, at=self.ago(days))


def memorandum() -> StoredFile:
    """The file of an agreement, which says that it is invented."""
    found = take(store(), AGREEMENT, "memorandum.txt")
    if not isinstance(found, StoredFile):
        raise TypeError(found.code)
    return found
