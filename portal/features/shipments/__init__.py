"""What donors send and recipients receive: shipments, their lines, and receipts line by line."""
