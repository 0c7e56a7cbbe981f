"""Tiers of members: which level each holds, since when and until when, and every move."""
