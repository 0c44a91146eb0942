"""Matching rounds: many offers and needs matched together under published rules, and everyone can see why."""
