"""What storefronts ask for their shoppers: `/api/storefront/v1`."""
