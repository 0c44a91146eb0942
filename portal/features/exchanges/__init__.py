"""Offers and needs: the two sides of an officer exchange."""
