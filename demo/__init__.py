"""The demo: the app and a store in a box, started together (`make demo`)."""
