"""The words of all features together: labels, the looks of states, and messages of refusals."""

from typing import Any

from portal.features.agencies import labels as agencies_labels
from portal.features.assistance import labels as assistance_labels
from portal.features.documents import labels as documents_labels
from portal.features.documents.domain import Owners
from portal.features.exchanges import labels as exchanges_labels
from portal.features.exchanges.programme import labels as programme_labels
from portal.features.items import labels as items_labels
from portal.features.items.intake import labels as intake_labels
from portal.features.ledger import labels as ledger_labels
from portal.features.matches import labels as matches_labels
from portal.features.people import labels as people_labels
from portal.features.portfolios import labels as portfolios_labels
from portal.features.rates import labels as rates_labels
from portal.features.rounds import labels as rounds_labels
from portal.features.shipments import labels as shipments_labels

LABELS: list = [
    documents_labels.LABELS,
    rounds_labels.LABELS,
    matches_labels.LABELS,
    programme_labels.LABELS,
    exchanges_labels.LABELS,
    rates_labels.LABELS,
    people_labels.LABELS,
    agencies_labels.LABELS,
    assistance_labels.LABELS,
    items_labels.LABELS,
    portfolios_labels.LABELS,
    intake_labels.LABELS,
    ledger_labels.LABELS,
    shipments_labels.LABELS,
]
TAGS: list = [
    rounds_labels.TAGS,
    matches_labels.TAGS,
    exchanges_labels.TAGS,
    agencies_labels.TAGS,
    assistance_labels.TAGS,
    items_labels.TAGS,
    ledger_labels.TAGS,
    shipments_labels.TAGS,
]
MESSAGES: list = [
    documents_labels.MESSAGES,
    rounds_labels.MESSAGES,
    matches_labels.MESSAGES,
    programme_labels.MESSAGES,
    exchanges_labels.MESSAGES,
    rates_labels.MESSAGES,
    people_labels.MESSAGES,
    agencies_labels.MESSAGES,
    assistance_labels.MESSAGES,
    items_labels.MESSAGES,
    intake_labels.MESSAGES,
    ledger_labels.MESSAGES,
    shipments_labels.MESSAGES,
]


def of_documents(owners: Owners) -> Any:
    """What is said where a document of one of these records was attached or removed."""
    return documents_labels.history_words(owners)
