"""Items: every donated unit, who holds it, how it is checked, and what was found."""
