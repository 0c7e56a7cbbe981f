"""Goodwill: what went wrong with orders, what was suggested for it, and what staff did."""
