"""A store in a box: behaves as Saleor does, for the part of it that the app uses."""

from sandbox.box import Sandbox
from sandbox.events.faults import Faults
from sandbox.model.apps import App as InstalledApp
from sandbox.model.store import Emitted
from sandbox.wire import Request, Response

__all__ = ["Emitted", "Faults", "InstalledApp", "Request", "Response", "Sandbox"]
