"""Segments of members: who is in which, since when and why, kept fresh page by page."""
