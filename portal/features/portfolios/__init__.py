"""What became of donations: the donor's portfolio, the recipient's mirror of it, and what of it everyone may read."""
