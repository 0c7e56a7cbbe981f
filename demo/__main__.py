"""Starts the demo and stays until Ctrl-C: `python -m demo`."""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from demo import past, processes, story
from demo.failures import DemoFailed
from demo.processes import Process
from demo.setup import ROOT, Places, prepare

WELCOME = """
The demo is running.

  Shop, staff desk, Dashboard and clock   {store}
  What the app mails to the customers     {store}/inbox
  The app itself                          {app}/health

  The shop's customers: ayse@example.com (who has points to spend), john@example.com and
  maria@example.com, password "password". At the checkout: spend points, or try the coupon {coupon}
  or the gift card {gift_card}. Shipping is free from $100. Then move the clock.

  What the processes say stands in {folder}.

Ctrl-C stops everything.
"""


def main() -> int:
    """Runs the demo; gives the exit code."""
    parser = argparse.ArgumentParser(prog="demo", description="The app and a store in a box.")
    parser.add_argument("--app-port", type=int, default=8000)
    parser.add_argument("--store-port", type=int, default=8100)
    parser.add_argument("--folder", type=Path, default=story.data_folder())
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    started: list[Process] = []
    try:
        processes.require_free_port(options.app_port, "APP_PORT")
        processes.require_free_port(options.store_port, "STORE_PORT")
        processes.require_free_port(options.store_port + 25, "STORE_PORT")
        places = prepare(options.folder, app_port=options.app_port, store_port=options.store_port)
        _run(places, started)
    except DemoFailed as failure:
        print(failure, file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        print("\nStopping.")  # noqa: T201
        return 0
    finally:
        processes.stop(started)
    return 0


def _run(places: Places, started: list[Process]) -> None:
    environment = places.environment()
    new = not past.is_over(places)
    if new:
        past.begin(places)
    started.append(
        processes.start(
            "The store",
            [
                sys.executable, "-m", "sandbox",
                "--host", "127.0.0.1",
                "--port", str(places.store_port),
                "--state", str(places.store_state),
                "--clock-file", str(places.clock_file),
                "--mail-port", str(places.mail_port),
            ],
            environment=environment,
            folder=ROOT,
            output=places.folder / "store.log",
        )
    )  # fmt: skip
    processes.wait_until_up(started[0], f"{places.store_url}/_control/state")
    if new:
        past.relive(places)
    started.append(
        processes.start(
            "The app",
            [sys.executable, "-m", "saleor_loyalty_app", "serve", "--port", str(places.app_port)],
            environment=environment,
            folder=ROOT,
            output=places.folder / "app.log",
        )
    )
    processes.wait_until_up(started[1], f"{places.app_url}/ready")
    story.install(places)
    story.publish(places)
    story.name_shop(places)
    print(  # noqa: T201
        WELCOME.format(
            store=places.store_url,
            app=places.app_url,
            coupon=past.COUPON,
            gift_card=places.gift_card_file.read_text(),
            folder=places.folder,
        ),
        flush=True,
    )
    processes.watch(started)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
