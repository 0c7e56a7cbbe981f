"""Transactions that cross rooms: one file each."""
