"""States, member agencies and their contact points."""
