"""The verifier that knows nothing of the portal finds whatever was done to an exported chain, and only that."""

import ast
import importlib.util
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

from portal.ledger.chain import Head
from portal.ledger.checkpoints import Checkpoint, sign
from portal.ledger.entries import Entry
from portal.ledger.keys import SigningKey, make_key
from portal.ledger.printed import PrintedHead, exported_chain, exported_keys
from tests.ledger.tampering import AT, OPERATORS, made, other_content, rechained
from tests.proof import FULL

PROGRAM = Path(__file__).parents[2] / "tools" / "verify_ledger.py"
TRIALS = 2_000 if FULL else 15
KEY = "IT-BORD"


@pytest.fixture(scope="module", name="program")
def _program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_ledger", PROGRAM)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["verify_ledger"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", name="key")
def _key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return make_key(tmp_path_factory.mktemp("key") / "ledger.key")


def faults(
    program: ModuleType, entries: Sequence[Entry], heads: Sequence[Head] = (), *sealed: Checkpoint, keys: str = ""
) -> list[str]:
    lines = [*exported_keys([]), keys, *exported_chain(3, KEY, entries, sealed)]
    told = program.read_heads("\n".join(str(PrintedHead(KEY, head.sequence, head.hash)) for head in heads))
    (chain,) = program.follow_all(iter(line for line in lines if line), told, {})
    chain.end()
    return list(chain.faults)


def head_of(entries: Sequence[Entry], sequence: int) -> Head:
    return Head(entries[0].agency, sequence, entries[sequence - 1].hash)


def test_it_needs_nothing_but_python_and_stays_short() -> None:
    text = PROGRAM.read_text(encoding="utf-8")
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names
    assert len(text.splitlines()) < 200


@pytest.mark.proof
@pytest.mark.parametrize("name", OPERATORS)
def test_tampering_at_or_before_a_printed_head_is_found_every_time(program: ModuleType, name: str) -> None:
    chance = random.Random(name)
    chains = [made(3, 40, seed=seed) for seed in range(3)]
    for trial in range(TRIALS):
        entries = chance.choice(chains)
        delivered = chance.randint(1, len(entries))
        at = chance.randrange(delivered)
        assert faults(program, OPERATORS[name](entries, at, chance), [head_of(entries, delivered)]), (trial, at)


def test_a_chain_as_it_was_written_holds(program: ModuleType) -> None:
    entries = made(3, 40)
    assert faults(program, entries, [head_of(entries, 12), head_of(entries, 40)]) == []


def test_a_signed_head_is_held_against_its_key_and_the_chain(program: ModuleType, key: SigningKey) -> None:
    entries = made(3, 20)
    seal = sign(head_of(entries, 12), at=AT, key=key)
    known = "".join(list(exported_keys([(key.key_id, key.public)]))[1:])
    assert faults(program, entries, (), seal, keys=known) == []
    forged = rechained([*entries[:5], other_content(entries[5]), *entries[6:]])
    assert "not what the portal signed" in faults(program, forged, (), seal, keys=known)[0]
    swapped = seal.signature[64:] + seal.signature[:64]
    assert "signature" in faults(program, entries, (), seal._replace(signature=swapped), keys=known)[0]
    assert "not known" in faults(program, entries, (), seal)[0]
    assert "not there" in faults(program, entries[:8], (), seal, keys=known)[0]
