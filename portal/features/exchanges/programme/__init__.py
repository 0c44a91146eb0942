"""Programme files: three tables (agencies, offers, needs) read from CSV or XLSX, checked, compared and written."""
