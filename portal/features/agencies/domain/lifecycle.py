"""The lifecycle of an agency: it waits, is verified, may be suspended and taken back."""

from portal.features.agencies.domain.vocabulary import AgencyStatus
from portal.features.agencies.policy import Agencies
from portal.kernel.lifecycle import Lifecycle, Transition

S = AgencyStatus

AGENCY = Lifecycle(
    "agency",
    initial=S.PENDING,
    transitions=(
        Transition(
            name="verify",
            sources=frozenset({S.PENDING}),
            target=S.VERIFIED,
            permission=Agencies.VERIFY,
            asks_reason=True,
        ),
        Transition(
            name="suspend",
            sources=frozenset({S.VERIFIED}),
            target=S.SUSPENDED,
            permission=Agencies.SUSPEND,
            asks_reason=True,
            final_step=True,
        ),
        Transition(
            name="resume",
            sources=frozenset({S.SUSPENDED}),
            target=S.VERIFIED,
            permission=Agencies.RESUME,
            asks_reason=True,
        ),
    ),
)
"""Suspending freezes the agency's open work: derived from this status wherever work is done, never copied."""
