"""Words of the self-audit."""
