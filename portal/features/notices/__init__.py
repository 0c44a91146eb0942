"""Turns state changes into inbox tasks and e-mails; the only listener."""
