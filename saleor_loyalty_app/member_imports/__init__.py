"""Members and points that a store brings from another loyalty system, as a CSV file."""
