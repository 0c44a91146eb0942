"""People: memberships with roles, invitations, sign-in and sessions."""
