"""What stands in a chain has one form, and whatever is done to the chain is found."""

import random
import stat
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from portal.kernel.money import Money
from portal.ledger.canonical import LARGEST, NotCanonical, canonical
from portal.ledger.chain import Break, Fault, Head, verify_chain
from portal.ledger.checkpoints import is_signed, sign
from portal.ledger.entries import Entry
from portal.ledger.keys import KeyOpenToOthers, NoKey, make_key, read_key
from portal.ledger.printed import PrintedHead, read_heads
from tests.ledger.tampering import AT, OPERATORS, made, other_content, rechained
from tests.proof import FULL


def test_content_is_written_in_one_way() -> None:
    content = {"b": [1, None, True], "a": {"z": "é", "y": date(2026, 11, 25)}, "value": Money(18_500_00, "EUR")}
    assert canonical(content) == (
        '{"a":{"y":"2026-11-25","z":"é"},"b":[1,null,true],"value":{"amount":"18500.00","currency":"EUR"}}'
    )
    assert canonical(dict(reversed(content.items()))) == canonical(content)
    assert canonical({"at": datetime(2026, 1, 2, tzinfo=UTC)}) == '{"at":"2026-01-02T00:00:00.000000Z"}'


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), LARGEST + 1, b"x", {1, 2}, "\ud800", "x" * 501, "moussa@ne-bord.example", {"Name": 1}, {1: 1}],
    ids=repr,
)
def test_what_has_no_single_form_or_names_a_person_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical({"fact": value})


# ------------------------------------------------------------------------------------------------- whatever is done to it

TRIALS = 10_000 if FULL else 30


def head_of(entries: Sequence[Entry], sequence: int) -> Head:
    return Head(entries[0].agency, sequence, entries[sequence - 1].hash)


@pytest.mark.proof
@pytest.mark.parametrize("name", OPERATORS)
def test_tampering_at_or_before_a_head_outside_is_found_every_time(name: str) -> None:
    chance = random.Random(name)
    chains = [made(agency, 40, seed=seed) for agency in (3, 8) for seed in range(3)]
    for trial in range(TRIALS):
        entries = chance.choice(chains)
        delivered = chance.randint(1, len(entries))
        at = chance.randrange(delivered)
        verdict = verify_chain(entries[0].agency, OPERATORS[name](entries, at, chance), [head_of(entries, delivered)])
        assert not verdict.holds, (trial, at, delivered)


def test_a_chain_as_it_was_written_holds_and_says_how_long_its_tail_is() -> None:
    entries = made(3, 40)
    verdict = verify_chain(3, entries, [head_of(entries, 12), head_of(entries, 31), head_of(made(8, 9), 9)])
    assert (verdict.breaks, verdict.length, verdict.anchored, verdict.tail) == ((), 40, 31, 9)
    assert verify_chain(3, entries).tail == 40, "without a head outside everything is tail"
    assert verify_chain(3, []).breaks == ()


def test_a_tail_that_was_rewritten_whole_is_not_found_and_is_told_as_tail() -> None:
    """The honest limit: no head vouches for it."""
    entries = made(3, 40)
    forged = rechained([*entries[:35], other_content(entries[35]), *entries[36:]])
    verdict = verify_chain(3, forged, [head_of(entries, 35)])
    assert (verdict.holds, verdict.tail) == (True, 5)
    assert not verify_chain(3, forged, [head_of(entries, 36)]).holds


@pytest.mark.parametrize(
    ("name", "sequence", "fault"),
    [
        ("content altered", 11, Fault.ALTERED),
        ("altered and hashed anew", 12, Fault.UNLINKED),
        ("dropped", 11, Fault.MISSING),
        ("dropped and renumbered", 11, Fault.UNLINKED),
        ("inserted", 11, Fault.ALTERED),
        ("cut off", 30, Fault.CUT),
        ("forged: altered and the whole chain hashed anew", 30, Fault.NOT_AS_DELIVERED),
        ("forged: the whole chain of another agency in its place", 1, Fault.FOREIGN),
    ],
)
def test_it_says_where_the_chain_breaks(name: str, sequence: int, fault: Fault) -> None:
    entries = made(3, 40)
    tampered = OPERATORS[name](entries, 10, random.Random(1))
    assert verify_chain(3, tampered, [head_of(entries, 30)]).breaks == (Break(3, sequence, fault),)


# ------------------------------------------------------------------------------------------------- keys and signatures


def test_a_signed_head_is_known_by_its_key_only(tmp_path: Path) -> None:
    key, stranger = make_key(tmp_path / "key"), make_key(tmp_path / "other")
    one = sign(Head(3, 40, "a" * 64), at=AT, key=key)
    assert is_signed(one, key.public)
    assert not is_signed(one, stranger.public)
    for changed in (
        one._replace(head=Head(3, 41, "a" * 64)),
        one._replace(head=Head(4, 40, "a" * 64)),
        one._replace(head=Head(3, 40, "b" * 64)),
        one._replace(at=AT.replace(hour=10)),
        one._replace(key_id=stranger.key_id),
        one._replace(signature="00" * 64),
        one._replace(signature="not hexadecimal"),
    ):
        assert not is_signed(changed, key.public)
        assert not is_signed(changed, stranger.public)


def test_the_key_is_read_only_from_a_file_that_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "ledger.key"
    with pytest.raises(NoKey):
        read_key(path)
    made_ = make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key(path).public == made_.public
    assert made_.private.private_bytes_raw().hex() not in repr(made_)
    path.chmod(0o640)
    with pytest.raises(KeyOpenToOthers):
        read_key(path)


def test_a_fresh_key_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "ledger.key"
    old = make_key(path)
    assert make_key(path).key_id == read_key(path).key_id != old.key_id
    assert [one.name for one in tmp_path.iterdir()] == ["ledger.key"]


def test_printed_heads_are_read_back_from_paper_and_from_mails() -> None:
    one = PrintedHead("IT-BORD", 152, "3f" * 32)
    text = (
        f"Dear colleague,\n\n  {one}\n{one.grouped}\nIT-BORD 152 3f2a\nIT-BORD 0 {'3f' * 32}\nIT-BORD 7 {'zz' * 32}\n"
    )
    assert read_heads(text) == [one, one]
    assert read_heads("IT-BORD 1 " + "a" * 5_000 + "z") == []
