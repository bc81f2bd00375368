"""The legacy workbook: reading it, staging what it says, writing spreadsheets."""
