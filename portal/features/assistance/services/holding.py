"""The lock that everyone takes who changes what of a request is pledged or counted."""

from sqlalchemy import select

from portal.features.assistance.models import Request
from portal.infra.db import db


def hold_request(request_id: int) -> None:
    """Hold the request's row until the transaction ends.

    Everyone who touches pledges or quantities takes this lock first, then lines, then pledges: so nobody waits in a
    circle, and whoever closes a request meets every pledge on it. It leaves keys alone (`key_share`), so that rows
    that only refer to the request need not wait.
    """
    db.session.flush()
    db.session.execute(select(Request.id).where(Request.id == request_id).with_for_update(key_share=True))
