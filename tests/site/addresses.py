"""An address for every route of the portal, with values from the world, for tests that visit them all."""

from werkzeug.routing import Rule

from tests.world import World

ABSENT_REF = "EX-2026-000000"


def address_of(rule: Rule, world: World, language: str = "en") -> str:
    """The route's address for the records of the world; a record the world does not have gets an absent reference."""
    values = {name: (rule.defaults or {}).get(name) or _value(rule, name, world) for name in rule.arguments}
    if "lang" in values:
        values["lang"] = language
    built = rule.build(values)
    assert built, f"no values for {rule.rule}: extend tests/site/addresses.py"
    return built[1]


def _value(rule: Rule, name: str, world: World) -> str | int:
    if name == "number":
        return 1
    if name == "ref" and "documents" in rule.rule:
        return world.refs["offer"]
    if name == "ref":
        return next(
            (
                world.refs[k]
                for k in ("need", "proposal", "offer", "pledge", "request", "shipment", "item", "finding")
                if (f"/{k}s/" in rule.rule or (k == "item" and rule.rule.startswith("/e/"))) and k in world.refs
            ),
            ABSENT_REF,
        )
    fixed = {
        "lang": "en",
        "step": "who" if "/requests/" in rule.rule else "what",
        "place": "1",
        "number": "1",
        "key": world.agency("host").key,
        "iso2": "IT",
        "token": "x" * 43,
        "lifecycle": "offer",
        "subject": "offer",
        "name": "x",
        "form": "csv",
    }
    return fixed.get(name, "x")
