"""`python -m portal.matching solve SOURCE [--edges] [-o FILE]`: match a programme and print the answer as JSON."""

import argparse
import json
import sys
from pathlib import Path

from portal.matching.fields import BadSource
from portal.matching.solve import Edge, Result, edges, solve_edges
from portal.matching.source import Programme, read

BAD_INPUT = 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m portal.matching", description="Who fits whom.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("solve", help="match officers with places so that the points add up to the most")
    command.add_argument("source", type=Path, metavar="SOURCE", help="a programme folder, or one JSON file")
    command.add_argument("--edges", action="store_true", help="print every feasible pair with its points as well")
    command.add_argument("-o", dest="output", type=Path, metavar="FILE", help="write to FILE instead of printing")
    return parser


def answer(programme: Programme, *, with_edges: bool) -> str:
    """Return the matches of a programme as JSON with sorted keys, ending in a newline."""
    pairs = edges(programme.needs, programme.offers, programme.topics)
    officers = {need.key: need.officers for need in programme.needs}
    places = {offer.key: offer.places for offer in programme.offers}
    document = _document(solve_edges(pairs, officers, places))
    if with_edges:
        document["edges"] = [_edge(pair) for pair in pairs]
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _document(result: Result) -> dict[str, object]:
    return {
        "matches": [match._asdict() for match in result.matches],
        "value": result.value,
        "unmatched": {"needs": result.officers_left, "offers": result.places_left},
    }


def _edge(pair: Edge) -> dict[str, object]:
    return {"need": pair.need, "offer": pair.offer, "weight": pair.weight, "parts": pair.score.parts}


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 2 means that the input cannot be used, and one line on stderr says why."""
    options = _parser().parse_args(arguments)
    try:
        text = answer(read(options.source), with_edges=options.edges)
        if options.output:
            options.output.write_text(text, encoding="utf-8")
        else:
            sys.stdout.write(text)
    except BadSource as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        print(f"{options.output}: {error.strerror or error}", file=sys.stderr)
        return BAD_INPUT
    return 0


if __name__ == "__main__":
    sys.exit(main())
