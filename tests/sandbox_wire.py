"""The network to stores in a box, where a test sees and disturbs each operation."""

import json
import re
from collections.abc import Callable

import httpx

from sandbox import Sandbox
from tests.sandbox_network import Network


class Wire(Network):
    """The network, with what happens on it.

    `before` and `after` run around each operation, by its name; `operations` are those sent.
    """

    def __init__(self, *boxes: Sandbox) -> None:
        super().__init__(*boxes)
        self.operations: list[str] = []
        self.before: Callable[[str], None] = lambda _operation: None
        self.after: Callable[[str], None] = lambda _operation: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        found = re.search(r"(?:query|mutation)\s+(\w+)", json.loads(request.content)["query"])
        operation = found[1] if found else "unnamed"
        self.operations.append(operation)
        self.before(operation)
        answer = super().__call__(request)
        self.after(operation)
        return answer

    def lose(self, operation: str, *, heard: bool) -> None:
        """The next such operation gets no answer: after it was done (`heard`), or before."""

        def lost(sent: str) -> None:
            if sent == operation:
                self.once(None)
                raise httpx.ReadTimeout("no answer")

        self.once(lost, heard=heard)

    def once(self, hook: Callable[[str], None] | None, *, heard: bool = False) -> None:
        """Something that happens before (or after) operations; None = nothing more."""
        nothing: Callable[[str], None] = lambda _operation: None  # noqa: E731
        self.before = hook if hook is not None and not heard else nothing
        self.after = hook if hook is not None and heard else nothing

    def meanwhile(self, operation: str, happening: Callable[[], object], nth: int = 1) -> None:
        """Something that happens once, just before the n-th such operation arrives."""
        seen = 0

        def hook(sent: str) -> None:
            nonlocal seen
            seen += sent == operation
            if sent == operation and seen == nth:
                self.once(None)
                happening()

        self.once(hook)
