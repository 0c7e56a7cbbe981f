"""The four faces of the app over HTTP."""
