"""Saleor's wire formats: signatures, tokens, snapshots, client, manifest. Knows no other room."""
