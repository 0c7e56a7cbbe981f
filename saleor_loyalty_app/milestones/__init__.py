"""Milestones: which lines members have passed, and what they were given for it."""
