"""`python -m saleor_loyalty_app` is the command `saleor-loyalty`."""

import gc

# What is imported stays: to look for garbage meanwhile is a sixth of the time until it is there.
gc.disable()

from saleor_loyalty_app import cli  # noqa: E402


def main() -> None:
    """Runs the command line; failures are told in a sentence, never as a traceback."""
    gc.enable()
    cli.main()


if __name__ == "__main__":
    main()
