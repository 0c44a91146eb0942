"""Who fits whom, and why: published rules and points, an index over posts, the exact solve. No Flask, no database.

OR-tools loads only when something is solved: `portal.matching.solve`.
"""

from portal.matching.changes import CHANGES, Change, single_changes
from portal.matching.explain import Comparison, WhyFirst, compare, why_first
from portal.matching.fields import BadSource
from portal.matching.index import Fits, Index, of_needs, of_offers
from portal.matching.rules import feasible, score, violations
from portal.matching.source import Programme, from_rows, read, read_topics
from portal.matching.types import (
    PART_MAXIMA,
    RULES,
    Fit,
    NearMiss,
    Need,
    Offer,
    Score,
    Topics,
    Violation,
)

__all__ = [
    "CHANGES",
    "PART_MAXIMA",
    "RULES",
    "BadSource",
    "Change",
    "Comparison",
    "Fit",
    "Fits",
    "Index",
    "NearMiss",
    "Need",
    "Offer",
    "Programme",
    "Score",
    "Topics",
    "Violation",
    "WhyFirst",
    "compare",
    "feasible",
    "from_rows",
    "of_needs",
    "of_offers",
    "read",
    "read_topics",
    "score",
    "single_changes",
    "violations",
    "why_first",
]
