"""Technical assistance under Article 14(3): requests, their screening, and pledges."""
