"""Items by file: many of them read from CSV or XLSX, checked row by row, and written together or not at all."""
