"""Programs as data: documents, revisions, rules and the pure decision."""
