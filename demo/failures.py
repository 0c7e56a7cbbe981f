"""What keeps the demo from running, each in one clear sentence."""


class DemoFailed(Exception):
    """The demo cannot run; the message is for the person who started it."""
