"""The store's GraphQL API: `graphql/store.graphql`, executed over the model."""
