"""Bonuses beside purchases: birthdays, answers to questions, and what was given once."""
