"""The code values of the International Aid Transparency Initiative that the portal uses, and a check of a file's values.

Source of portal/data/iati_codes.csv: the code lists of IATI-Codelists (version 2.03, commit 75e827b, 2024-03-11) and
IATI-Codelists-NonEmbedded (commit 7aeece7, 2026-06-22). The schema of the standard checks no code values; this does.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element  # only the type: nothing is parsed here

from portal.kernel.languages import LANGUAGES
from portal.kernel.money import CURRENCIES
from portal.kernel.states import STATES

FILE = Path(__file__).parents[3] / "data" / "iati_codes.csv"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@cache
def _read() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["codelist"], set()).add(row["code"])
    own = {"Country": set(STATES) - {"EU"}, "Currency": set(CURRENCIES), "Language": set(LANGUAGES)}
    return {name: frozenset(codes) for name, codes in (found | own).items()}


CODES: Mapping[str, frozenset[str]] = _read()

_ACTIVITY = "iati-activity"
WHERE: tuple[tuple[str, str, str], ...] = (
    (".", "version", "Version"),
    (_ACTIVITY, "default-currency", "Currency"),
    (_ACTIVITY, XML_LANG, "Language"),
    (f"{_ACTIVITY}/reporting-org", "type", "OrganisationType"),
    (f"{_ACTIVITY}/description", "type", "DescriptionType"),
    (f"{_ACTIVITY}/participating-org", "role", "OrganisationRole"),
    (f"{_ACTIVITY}/participating-org", "type", "OrganisationType"),
    (f"{_ACTIVITY}/other-identifier", "type", "OtherIdentifierType"),
    (f"{_ACTIVITY}/activity-status", "code", "ActivityStatus"),
    (f"{_ACTIVITY}/activity-date", "type", "ActivityDateType"),
    (f"{_ACTIVITY}/activity-scope", "code", "ActivityScope"),
    (f"{_ACTIVITY}/recipient-country", "code", "Country"),
    (f"{_ACTIVITY}/recipient-region", "code", "Region"),
    (f"{_ACTIVITY}/recipient-region", "vocabulary", "RegionVocabulary"),
    (f"{_ACTIVITY}/sector", "code", "Sector"),
    (f"{_ACTIVITY}/sector", "vocabulary", "SectorVocabulary"),
    (f"{_ACTIVITY}/collaboration-type", "code", "CollaborationType"),
    (f"{_ACTIVITY}/default-flow-type", "code", "FlowType"),
    (f"{_ACTIVITY}/default-finance-type", "code", "FinanceType"),
    (f"{_ACTIVITY}/default-aid-type", "code", "AidType"),
    (f"{_ACTIVITY}/default-aid-type", "vocabulary", "AidTypeVocabulary"),
    (f"{_ACTIVITY}/default-tied-status", "code", "TiedStatus"),
    (f"{_ACTIVITY}/planned-disbursement", "type", "BudgetType"),
    (f"{_ACTIVITY}/planned-disbursement/value", "currency", "Currency"),
    (f"{_ACTIVITY}/transaction/transaction-type", "code", "TransactionType"),
    (f"{_ACTIVITY}/transaction/value", "currency", "Currency"),
    (f"{_ACTIVITY}/transaction/disbursement-channel", "code", "DisbursementChannel"),
)
"""Which attribute holds a code of which list."""


@dataclass(frozen=True, slots=True)
class WrongCode:
    """A value that its list does not have."""

    path: str
    value: str
    codelist: str


def wrong_codes(activities: Element) -> Iterator[WrongCode]:
    """Every value of the file that its list does not have."""
    for path, attribute, codelist in WHERE:
        for element in [activities] if path == "." else activities.findall(path):
            value = element.get(attribute)
            if value is not None and value not in CODES[codelist]:
                yield WrongCode(f"{path}/@{attribute}", value, codelist)
