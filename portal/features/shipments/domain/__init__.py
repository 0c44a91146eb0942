"""What a shipment is, and what may be done with it. Plain Python."""
