"""The books: entries, lots, allocations, holds, debt, balances and their audit."""
