"""Rates of exchange between currencies: imported by the secretariat, never rewritten."""
