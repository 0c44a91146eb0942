"""The forms of people: signing in, accounts, invitations."""
