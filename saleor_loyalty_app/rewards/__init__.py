"""What points are spent on: redemptions, the instruments that carry them, and shipping offers."""
