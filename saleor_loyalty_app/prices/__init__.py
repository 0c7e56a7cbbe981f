"""What goods cost: the price a shopper pays with a code of theirs, and the lowest of past days."""
