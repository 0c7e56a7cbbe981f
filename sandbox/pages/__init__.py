"""The sandbox in the browser: a shop, a staff desk, a Dashboard frame, a clock and faults.

The pages know the store only by its GraphQL and control API, as any other client does.
"""

from sandbox.pages.site import routes

__all__ = ["routes"]
