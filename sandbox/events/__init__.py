"""Webhooks: payloads made by running subscriptions, signed, and delivered with faults."""
