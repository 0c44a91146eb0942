"""The ledger: what changed quantity, custody, value or condition, in a chain of entries for each agency."""
