"""The outbox: with the transaction or not at all, at least once, and never twice by two senders."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Barrier, Thread

import pytest
from flask import Flask

from portal.infra.db import db
from portal.infra.mail import Hand, MailServerAway, delivery, kept_mail, kept_mails
from portal.infra.outbox import CLAIMED_FOR, OutboxMail, forget_sent, post_mail, send_due
from tests.infra.mailbox import Mailbox, free_port, mail_server

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECRET = "https://portal.example/en/new-password/token"


def post(number: int = 1, *, to: str = "", at: datetime = NOON) -> None:
    for n in range(number):
        address, params = to or f"someone{n}@host.example", {"url": SECRET}
        post_mail(f"kind{n}", to=address, language="en", at=at, params=params, person_id=None)
    db.session.commit()


def compose(mail: OutboxMail) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = mail.kind, "portal@localhost", mail.address
    message["Message-ID"] = mail.message_id
    message["Date"] = "Tue, 24 Nov 2026 12:00:00 +0000"
    message.set_content("Text")
    return message


def into(taken: list[EmailMessage]) -> Callable[[], object]:
    @contextmanager
    def opened() -> Iterator[Hand]:
        yield taken.append

    return opened


def through(url: str) -> Callable[[], object]:
    return lambda: delivery(mail_url=url, folder=Path("/nonexistent"))


def rows() -> list[OutboxMail]:
    db.session.expire_all()
    found = list(db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id)))
    db.session.rollback()
    return found


def test_a_mail_whose_transaction_failed_never_goes_out(app: Flask) -> None:
    post_mail("kind", to="a@b.example", language="en", at=NOON, person_id=None)
    db.session.rollback()
    taken: list[EmailMessage] = []
    assert send_due(compose, into(taken), at=NOON) == 0
    assert taken == []


def test_a_mail_goes_out_once_and_its_secret_leaves_the_database(app: Flask) -> None:
    post()
    taken: list[EmailMessage] = []
    assert send_due(compose, into(taken), at=NOON) == 1
    assert send_due(compose, into(taken), at=NOON + timedelta(days=1)) == 0
    [mail] = db.session.scalars(db.select(OutboxMail)).all()
    assert (mail.sent_at, mail.params, mail.last_error) == (NOON, {}, "")
    assert [m["Message-ID"] for m in taken] == [mail.message_id]


def test_a_real_mail_server_that_is_down_loses_nothing(app: Flask) -> None:
    post(3)
    mailbox, port = Mailbox(), free_port()
    url = f"smtp://127.0.0.1:{port}"
    assert send_due(compose, through(url), at=NOON) == 0
    waiting = rows()
    assert all(m.sent_at is None and m.tries == 1 and m.last_error and m.next_try_at > NOON for m in waiting)
    assert send_due(compose, through(url), at=NOON + timedelta(seconds=5)) == 0
    assert [m.tries for m in rows()] == [1, 1, 1], "nobody knocks again before it is time"
    with mail_server(mailbox, port):
        assert send_due(compose, through(url), at=NOON + timedelta(minutes=10)) == 3
    assert sorted(m["Message-ID"] for m in mailbox.mails) == sorted(m.message_id for m in rows())
    assert sorted(mailbox.receivers) == [f"someone{n}@host.example" for n in range(3)]
    assert all(m.sent_at and not m.last_error for m in rows())


def test_waits_grow_and_stay_bearable(app: Flask) -> None:
    post()
    at, waits = NOON, []
    for _ in range(8):
        send_due(compose, through(f"smtp://127.0.0.1:{free_port()}"), at=at)
        [mail] = rows()
        waits.append((mail.next_try_at - at).total_seconds())
        at = mail.next_try_at
    assert waits[:4] == [30, 60, 120, 240]
    assert waits[-1] == 600


def test_a_refused_receiver_does_not_stop_the_others(app: Flask) -> None:
    post(to="refused@host.example")
    post(2)
    mailbox, port = Mailbox(), free_port()
    with mail_server(mailbox, port) as url:
        assert send_due(compose, through(url), at=NOON) == 2
    [refused] = [m for m in rows() if m.sent_at is None]
    assert refused.address == "refused@host.example"
    assert "550" in refused.last_error


@pytest.mark.parametrize(
    ("address", "kind"),
    [("a@b.example\r\nBcc: all@b.example", "subject"), ("a@b.example", "subject\r\nBcc: all@b.example")],
)
def test_line_breaks_cannot_add_a_header(app: Flask, address: str, kind: str) -> None:
    post_mail(kind, to=address, language="en", at=NOON, person_id=None)
    post()
    mailbox, port = Mailbox(), free_port()
    with mail_server(mailbox, port) as url:
        assert send_due(compose, through(url), at=NOON) == 1
    assert ["Bcc" in m for m in mailbox.mails] == [False]
    assert "ValueError" in next(m.last_error for m in rows() if m.sent_at is None)


def test_who_dies_between_handing_over_and_marking_leaves_a_mail_that_is_recognised(app: Flask) -> None:
    post()
    taken: list[EmailMessage] = []

    @contextmanager
    def dying() -> Iterator[Hand]:
        def hand(mail: EmailMessage) -> None:
            taken.append(mail)
            raise KeyboardInterrupt

        yield hand

    with pytest.raises(KeyboardInterrupt):
        send_due(compose, dying, at=NOON)
    db.session.rollback()
    assert send_due(compose, into(taken), at=NOON + timedelta(seconds=10)) == 0, "the claim still holds"
    assert send_due(compose, into(taken), at=NOON + CLAIMED_FOR) == 1
    assert taken[0]["Message-ID"] == taken[1]["Message-ID"]


def test_two_senders_at_once_send_each_mail_once(app: Flask) -> None:
    post(30)
    taken: list[EmailMessage] = []
    start = Barrier(2)
    counts: list[int] = []

    def sender() -> None:
        with app.app_context():
            start.wait()
            counts.append(send_due(compose, into(taken), at=NOON))
            db.session.remove()

    threads = [Thread(target=sender) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 30
    assert len({m["Message-ID"] for m in taken}) == len(taken) == 30


def test_a_server_that_goes_away_midway_ends_the_round(app: Flask) -> None:
    post(3)
    taken: list[EmailMessage] = []

    @contextmanager
    def leaving() -> Iterator[Hand]:
        def hand(mail: EmailMessage) -> None:
            if taken:
                raise MailServerAway("gone")
            taken.append(mail)

        yield hand

    send_due(compose, leaving, at=NOON)
    assert len(taken) == 1
    assert [m.sent_at is not None for m in rows()] == [True, False, False]
    assert send_due(compose, into(taken), at=NOON + timedelta(minutes=1)) == 2


def test_nobody_should_get_it_any_more(app: Flask) -> None:
    post()
    assert send_due(lambda _mail: None, into([]), at=NOON) == 0
    assert rows() == []


def test_sent_mails_are_forgotten_and_waiting_ones_are_not(app: Flask) -> None:
    post()
    send_due(compose, into([]), at=NOON)
    post()
    forget_sent(at=NOON + timedelta(days=29))
    assert len(rows()) == 2
    forget_sent(at=NOON + timedelta(days=31))
    db.session.commit()
    assert [m.sent_at for m in rows()] == [None]


def test_the_folder_keeps_one_file_for_a_mail_handed_over_twice(tmp_path: Path) -> None:
    mail = OutboxMail(message_id="<abc123@portal>", address="a@b.example", kind="kind")
    for _ in range(2):
        with delivery(mail_url="", folder=tmp_path) as hand:
            hand(compose(mail))
    [kept] = kept_mails(tmp_path, most=5)
    assert (kept.key, kept.to, kept.text) == ("abc123", "a@b.example", "Text\n")
    assert kept_mail(tmp_path, "../abc123") is None
