"""A ledger that shows what was done to it: canonical content, chains of hashes, signed heads. Plain Python."""
