"""Runs the portal's timed jobs until it is stopped: `python -m portal.jobs [-n]`.

Start one runner. More of them share the work, but only one may have the scheduler: start all others with `-n`
(`--no-scheduler`). Two schedulers would do no harm, because every job is safe to run twice, but would do it in vain.
"""

import argparse
import logging
from collections.abc import Sequence

from config import Config
from portal.app import TIMED, create_app
from portal.infra.jobs import Runner, make_queue, schedule


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m portal.jobs", description="Run the timed jobs of the portal.")
    parser.add_argument("-n", "--no-scheduler", action="store_true", help="only work: another runner has the scheduler")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("portal.jobs").setLevel(logging.INFO)
    config = Config.from_env()
    app = create_app(config)
    queue = make_queue(job_url=config.job_url, folder=config.folder)
    schedule(queue, app, TIMED)
    Runner(queue, scheduler=not chosen.no_scheduler).run()


if __name__ == "__main__":
    main()
