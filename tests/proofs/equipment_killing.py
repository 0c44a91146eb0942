"""People who count, hand over and send files of items while the portal is killed, and what must be there afterwards."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count

from sqlalchemy import NullPool, create_engine, select

from portal.features.items.intake import importing
from portal.features.items.intake.models import ItemFile, Stage
from portal.features.items.models import Item
from portal.features.people.models import Membership
from portal.infra.db import db, now
from tests.features.assistance.acts import opened, readers
from tests.features.assistance.pledging import committed
from tests.features.exchanges.acting import acting
from tests.features.items.acts import delivered
from tests.features.items.test_intake import Row, row, table, written
from tests.features.shipments.acts import a_gift, arrived
from tests.proofs.killing import JOBS, Answer, Left, Person, Standing
from tests.world import World

Cookies = Callable[[str], str]
UNITS = 20_000
ROWS, CHANGED = 2_000, 50
"""Of each file: items that it adds, and items that it changes."""
PATIENCE = 40
"""Looks at a page after which somebody goes on with another file."""
FILES = "/en/equipment/import"
SLOWER = 5
"""Times as long as a file is checked it is written, about."""
IN_AN_IMPORT = 60.0
"""Seconds to wait for the middle of a file that is being written."""


@dataclass(frozen=True, slots=True)
class Given:
    """What stands before anything is killed."""

    shipment: str
    handed: tuple[str, ...]
    changed: dict[str, list[Row]]
    """By who sends files: the items that each of them changes, as rows."""
    checked: dict[str, str]
    """By who sent it: the key of a file that waits to be confirmed."""
    writing: float
    """Seconds that it takes to write a file, about."""


SENDERS = ("sender_editor", "stranger_editor")


def given(world: World) -> Given:
    line = opened(world, lines=[readers(quantity=str(UNITS), required=str(UNITS))]).lines[0]
    gift = a_gift(quantity=str(UNITS))
    shipment = arrived(world, committed(world, line, UNITS), gifts=[gift]).ref
    db.session.commit()
    handed = tuple(delivered(world).ref for _ in range(2))
    db.session.commit()
    changed, checked = {}, {}
    for number, who in enumerate(SENDERS):
        rows = {one["serial"]: one for one in (row(world, number * CHANGED + n) for n in range(CHANGED))}
        written(world, *rows.values(), who=who)
        found = db.session.execute(select(Item.ref, Item.serial).where(Item.serial.in_(rows)))
        changed[who] = [rows[serial] | {"ref": ref} for ref, serial in found]
    for number, who in enumerate(SENDERS):
        name = f"file-{number}.csv"
        content = of_file(name, row(world), changed[who])
        checked[who] = importing.send(name, content, by=acting(world, who), at=now()).key
        db.session.commit()
    start = time.monotonic()
    importing.work_off(at=now())
    each = (time.monotonic() - start) / len(SENDERS)
    db.session.remove()
    return Given(shipment, handed, changed, checked, writing=SLOWER * each)


def of_file(name: str, like: Row, changed: Sequence[Row]) -> bytes:
    new = (like | {"serial": f"{name}-{n:06}", "tag": name} for n in range(ROWS))
    return table(*(one | {"tag": name} for one in changed), *new)


FORM = "form[action$='/receive']"


class Storekeeper(Person):
    """Enters one receipt of a few units after the other; each has its mark in the remarks."""

    def __init__(self, port: int, cookie: str, shipment: str, marks: Iterator[int]) -> None:
        super().__init__(port, cookie, pause=0.1)
        self.done: list[str] = []
        self._path, self._marks = f"/en/assistance/shipments/{shipment}/receive", marks

    def act(self) -> None:
        mark = f"Count {next(self._marks)}"
        found = {"lines-0-received": "2", "lines-1-received": "1", "lines-1-damaged": "1", "lines-1-reason": "damaged"}
        if self.send(self._path, found | {"remarks": mark}, form=FORM).done:
            self.done.append(mark)

    def comes_second(self, answer: Answer) -> bool:
        """The other storekeeper's receipt came first: the form is shown again."""
        return answer.status == HTTPStatus.CONFLICT and answer.page.select_one(FORM) is not None


class Receiver(Person):
    """Signs when something is handed over, and does nothing else."""

    def act(self) -> None:
        self._over.wait()


class Handing(Person):
    """Hands an item to one colleague after the other, who sign for it."""

    def __init__(self, port: int, cookie: str, item: str, receivers: Sequence[tuple[str, Receiver]]) -> None:
        super().__init__(port, cookie, pause=0.1)
        self.offered: list[str] = []
        self.signed: list[str] = []
        self._item, self._receivers, self._marks = item, receivers, count()

    def act(self) -> None:
        number = next(self._marks)
        mark, (handle, receiver) = f"{self._item} offer {number}", self._receivers[number % len(self._receivers)]
        page = f"/en/equipment/items/{self._item}"
        if self.send(f"{page}/offer-handover", {"to": handle, "condition": "good", "note": mark}).done:
            self.offered.append(mark)
            if receiver.send(f"{page}/confirm-handover", {"received": "y", "undertaking": "y"}).done:
                self.signed.append(mark)


class FileSender(Person):
    """Sends files that add items and change others, and confirms each when it was checked."""

    def __init__(
        self, port: int, cookie: str, like: Row, changed: list[Row], checked: str, numbers: Iterator[int]
    ) -> None:  # fmt: skip
        super().__init__(port, cookie, pause=0.1)
        self.taken: list[str] = []
        """The keys of those that the portal said it took."""
        self.confirmed: set[str] = set()
        self.seen_done: set[str] = set()
        self._like, self._changed, self._numbers, self._checked = like, changed, numbers, [checked]

    def act(self) -> None:
        key = self._checked.pop() if self._checked else self._sent_now()
        if key and self._looked(key) and self.send(f"{FILES}/{key}", {}).done:
            self.confirmed.add(key)
            if self._looked(key) and self.open(f"{FILES}/{key}").page.select_one(".note.ok"):
                self.seen_done.add(key)

    def _sent_now(self) -> str:
        name = f"file-{next(self._numbers)}.csv"
        answer = self.send_file(FILES, name, of_file(name, self._like, self._changed))
        key = answer.location.rpartition("/")[2]
        self.taken += [key] if answer.done else []
        return key

    def _looked(self, key: str) -> bool:
        """Look at the page until the job has done its part; or lose patience."""
        for _ in range(PATIENCE):
            if not self.open(f"{FILES}/{key}").waits:
                return True
            if self._over.wait(0.3):
                raise Left
        return False


def people(given: Given, world: World, port: int, cookie_of: Callable[[str], str]) -> list[Person]:
    """Two storekeepers at one shipment, somebody who hands on each item with its receivers, and those who send files."""
    marks, numbers = count(), count(len(SENDERS))
    keepers = [Storekeeper(port, cookie_of(who), given.shipment, marks) for who in ("sender_editor", "sender_approver")]
    hands: list[Person] = []
    for item in given.handed:
        receivers = []
        for who in ("sender_officer", "sender_approver"):
            handle = db.session.get_one(Membership, world.memberships[who]).handle
            receivers.append((handle, Receiver(port, cookie_of(who))))
        hands += [Handing(port, cookie_of("sender_editor"), item, receivers), *(one for _, one in receivers)]
    senders = [
        FileSender(port, cookie_of(who), row(world), given.changed[who], given.checked[who], numbers) for who in SENDERS
    ]
    return [*keepers, *hands, *senders]


class Imports:
    """Looks from outside how far the files of items are."""

    def __init__(self, url: str, writing: float) -> None:
        self._engine, self._seen = create_engine(url, poolclass=NullPool), set[int]()
        self._writing = writing

    def held(self, standing: Standing, chance: random.Random) -> bool:
        """Wait until about the middle of a file that is being written, and hold the job runner there."""
        limit = time.monotonic() + IN_AN_IMPORT
        while time.monotonic() < limit:
            if fresh := self._written_now() - self._seen:
                self._seen |= fresh
                time.sleep(chance.uniform(0.2, 0.7) * self._writing)
                standing.hold(JOBS)
                if fresh & self._written_now():
                    return True
                standing.go_on(JOBS)  # it was quicker: the next one
            time.sleep(0.005)
        return False

    def _written_now(self) -> set[int]:
        with self._engine.connect() as connection:
            return set(connection.scalars(select(ItemFile.id).where(ItemFile.stage == Stage.WRITING)))
