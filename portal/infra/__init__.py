"""Database, history, mail, jobs and clock. Uses SQLAlchemy, never Flask's routing or templates."""
