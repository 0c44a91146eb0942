"""The rules of portfolios: plain Python."""
