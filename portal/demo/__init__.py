"""The demonstration: invented people, and a programme whose calendar lies ahead. Never in production."""
