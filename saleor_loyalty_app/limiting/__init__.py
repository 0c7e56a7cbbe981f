"""How often somebody may ask, counted together by all processes."""
