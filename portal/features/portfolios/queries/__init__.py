"""What can be read of portfolios. Everything starts from what the reader may see."""
