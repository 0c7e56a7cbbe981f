"""The web components that storefronts load: `/storefront/v1/<name>.js`."""
