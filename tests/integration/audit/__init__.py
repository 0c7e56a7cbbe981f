"""The self-audit of the counters beside the ledger."""
