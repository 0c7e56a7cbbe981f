"""`python -m sandbox`: serve the store."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import uvicorn

from sandbox.http.app import create_app
from sandbox.http.files import UnreadableState
from sandbox.wire import ANSWER_SECONDS

VERSIONS = ("3.22", "3.23", "3.24")


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A store in a box.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--saleor-version", choices=VERSIONS, default="3.23")
    parser.add_argument("--seed", type=int, default=1, help="decides all ids")
    parser.add_argument("--state", type=Path, help="file that keeps the store between two runs")
    parser.add_argument("--clock-file", type=Path, help="file with the seconds the clock is ahead")
    parser.add_argument(
        "--retry-scale", type=float, default=1.0, help="multiplies the waits between retries"
    )
    parser.add_argument(
        "--answer-timeout",
        type=float,
        default=ANSWER_SECONDS,
        help="seconds that an app has to answer",
    )
    parser.add_argument("--mail-port", type=int, help="take the mail of everybody there")
    return parser


def main(argv: list[str] | None = None) -> int:
    options = arguments().parse_args(argv)
    try:
        app = create_app(
            version=options.saleor_version,
            api_url=f"http://{options.host}:{options.port}/graphql/",
            seed=options.seed,
            state_file=options.state,
            clock_file=options.clock_file,
            retry_scale=options.retry_scale,
            answer_seconds=options.answer_timeout,
            mail_port=options.mail_port,
        )
    except UnreadableState as error:
        sys.stderr.write(f"{error}\n")
        return 1
    uvicorn.run(app, host=options.host, port=options.port, log_level="warning", ws="none")
    return 0


if __name__ == "__main__":
    sys.exit(main())
