"""Tenants: the stores that installed the app, their channels, tokens and keys."""
