"""What a store's other systems ask, server to server: `/api/partner/v1`."""
