"""What carries a redemption into a price: one port, one file an instrument."""
