"""Campaigns for a while, the codes that open them, what they cost, and when a budget ends them."""
