"""What reading problems and results has in common."""

from collections.abc import Iterable, Mapping
from typing import Any

from portal.matching.fields import BadSource, shown


def as_object(where: str, document: object, names: Iterable[str], *, strict: bool = True) -> dict[str, Any]:
    """Return a JSON object, with no other than these names if `strict`; raises BadSource."""
    if not isinstance(document, Mapping):
        raise BadSource(f"{where}: {shown(document)} is not an object")
    unknown = sorted(str(name) for name in document if name not in names)
    if unknown and strict:
        raise BadSource(f"{where}: {shown(unknown[0])} is none of: {', '.join(names)}")
    return dict(document)
