"""Orders: what was seen of them, the award plan frozen at payment, and the target it gives now."""
