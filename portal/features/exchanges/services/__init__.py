"""What can be done with offers and needs. Services never commit: the request, or the job, does."""

from portal.features.exchanges.services.claims import claim, give_back
from portal.features.exchanges.services.drafts import changed_meanwhile, create_draft, save_step
from portal.features.exchanges.services.endings import (
    close,
    expire_due,
    release,
    release_to_agency,
    release_to_person,
    withdraw,
)
from portal.features.exchanges.services.holding import hold, let_go, refuse_held
from portal.features.exchanges.services.publishing import endorse, publish, return_post, submit_post
from portal.features.exchanges.services.revision import begin_revision, discard_revision, revise
from portal.features.exchanges.services.whole import revise_whole, submit_whole
from portal.features.exchanges.services.writing import new_post, write_terms

__all__ = [
    "begin_revision",
    "changed_meanwhile",
    "claim",
    "close",
    "create_draft",
    "discard_revision",
    "endorse",
    "expire_due",
    "give_back",
    "hold",
    "let_go",
    "new_post",
    "publish",
    "refuse_held",
    "release",
    "release_to_agency",
    "release_to_person",
    "return_post",
    "revise",
    "revise_whole",
    "save_step",
    "submit_post",
    "submit_whole",
    "withdraw",
    "write_terms",
]
