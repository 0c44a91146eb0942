"""How the commands of items are drawn."""
