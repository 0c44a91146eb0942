"""Files attached to any record: judged by content, seen by those who see the record."""
