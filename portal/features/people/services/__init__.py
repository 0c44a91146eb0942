"""What changes people, their memberships, sessions and passwords. The request commits; nothing here does."""
