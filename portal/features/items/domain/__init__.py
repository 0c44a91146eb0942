"""What items are, in plain Python."""
