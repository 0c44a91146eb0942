"""Removes what has had its time: sessions long over, links and attempts nobody needs any more, forms left behind."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_

from portal.features.people.domain import FORM_KEPT_FOR
from portal.features.people.models import KeptForm, PasswordReset, SignInThrottle, UserSession
from portal.infra.db import db

SESSIONS_KEPT = timedelta(days=30)
LINKS_KEPT = timedelta(days=1)


def forget_old(*, at: datetime) -> None:
    """Run by the portal's clock. Invitations stay: they say who let whom in."""
    long_over = at - SESSIONS_KEPT
    db.session.execute(
        delete(UserSession).where(or_(UserSession.ended_at < long_over, UserSession.seen_at < long_over))
    )
    db.session.execute(delete(PasswordReset).where(PasswordReset.expires_at < at - LINKS_KEPT))
    db.session.execute(delete(SignInThrottle).where(SignInThrottle.window_ends_at < at))
    db.session.execute(delete(KeptForm).where(KeptForm.kept_at < at - FORM_KEPT_FOR))
