"""Events that other systems of a store reported: what came, and what became of it."""
