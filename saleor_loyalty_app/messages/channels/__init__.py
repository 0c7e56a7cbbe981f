"""The ways in which messages leave the app."""
