"""The store over HTTP: GraphQL, its keys, the control panel, and the pages."""
