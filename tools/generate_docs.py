"""Writes the documents that are read from the code, or with `--check` says which of them are out of date."""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from flask import Flask

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config import Config  # noqa: E402 - the tool runs from anywhere
from portal.app import LIFECYCLES, POLICY, create_app  # noqa: E402
from portal.kernel.contract import Command  # noqa: E402
from portal.kernel.lifecycle import Lifecycle  # noqa: E402
from portal.kernel.policy import Permission  # noqa: E402
from portal.web.access import OPEN  # noqa: E402

HEADING = "<!-- Written by tools/generate_docs.py from the code: `make docs`. -->\n\n"


def lifecycles() -> str:
    parts = ["# Lifecycles\n\n", HEADING]
    parts += [_lifecycle(one) for one in sorted(LIFECYCLES, key=lambda one: one.name)]
    return "".join(parts)


def _lifecycle(one: Lifecycle[Any]) -> str:
    rows = [
        f"| {t.name} | {', '.join(sorted(t.sources))} | {t.target or 'the same'} | `{t.permission}` | "
        f"{POLICY.grants[t.permission].name} | {'yes' if t.asks_reason else ''} |\n"
        for t in one.transitions.values()
    ]
    head = "| step | from | to | permission | who | asks why |\n| --- | --- | --- | --- | --- | --- |\n"
    return f"## {one.name}\n\n```mermaid\n{one.diagram()}\n```\n\n{head}{''.join(rows)}\n"


def access(app: Flask) -> str:
    rows = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: (r.rule, sorted(r.methods or ()))):
        declared = getattr(app.view_functions[rule.endpoint], "access", None)
        who = OPEN if not isinstance(declared, Permission) else POLICY.grants[declared].name
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            named = f"`{declared}`" if isinstance(declared, Permission) else ""
            rows.append(f"| {method} | `{rule.rule}` | {named} | {who} |\n")
    head = "| method | address | permission | who |\n| --- | --- | --- | --- |\n"
    note = "What each kind of person really gets is in `tests/site/access_matrix.txt`, made by asking every route.\n\n"
    return "# Access\n\n" + HEADING + note + head + "".join(rows)


def openapi(app: Flask) -> str:
    """The JSON API as OpenAPI 3.1: paths from the routes, bodies from the commands that check them."""
    schemas = {c.__name__: c.model_json_schema(ref_template="#/components/schemas/{model}") for c in Command.every}
    schemas = {name: schema for name, schema in schemas.items() if name in _commands_of_api(app).values()}
    for schema in list(schemas.values()):
        schemas |= schema.pop("$defs", {})
    paths: dict[str, Any] = {}
    bodies = _commands_of_api(app)
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/"):
            continue
        path = rule.rule.replace("<string(maxlength=20):ref>", "{ref}")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(app, rule.endpoint, path, bodies)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Cooperation Portal", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _commands_of_api(app: Flask) -> dict[str, str]:
    """Endpoint to command name, as the views of the API declare with `command`."""
    return {
        endpoint: view.command.__name__  # type: ignore[attr-defined]
        for endpoint, view in app.view_functions.items()
        if hasattr(view, "command")
    }


def _operation(app: Flask, endpoint: str, path: str, bodies: dict[str, str]) -> dict[str, Any]:
    summary = (app.view_functions[endpoint].__doc__ or endpoint.replace("_", " ")).strip().splitlines()[0]
    answers = {code: {"description": words} for code, words in ANSWERS.items()}
    operation: dict[str, Any] = {"operationId": endpoint, "summary": summary, "responses": answers}
    if "{ref}" in path:
        operation["parameters"] = [{"name": "ref", "in": "path", "required": True, "schema": {"type": "string"}}]
    if endpoint in bodies:
        reference = {"$ref": f"#/components/schemas/{bodies[endpoint]}"}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference}}}
    return operation


ANSWERS = {
    "200": "Done.",
    "401": "Sign in first.",
    "403": "You may not do this.",
    "404": "There is no such record, or you may not know of it.",
    "409": "The record has moved on; the problems say how.",
    "422": "The request makes no sense as it stands; the problems say where and why.",
}


def documents() -> dict[Path, str]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            Config(
                secret_key="only to read the routes",  # noqa: S106
                database_url="sqlite://",
                base_url="http://localhost",
                folder=Path(folder),
            )
        )
        return {
            ROOT / "docs" / "lifecycles.md": lifecycles(),
            ROOT / "docs" / "access.md": access(app),
            ROOT / "docs" / "openapi.json": openapi(app),
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    old = []
    for path, text in documents().items():
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                old.append(str(path.relative_to(ROOT)))
        else:
            path.write_text(text, encoding="utf-8")
    if old:
        sys.stdout.write(f"Out of date, run `make docs`: {', '.join(old)}\n")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
