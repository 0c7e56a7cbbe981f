"""Saleor's wire formats: signatures, tokens, snapshots, client, manifest. Knows nothing of this app."""
