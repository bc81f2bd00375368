"""A place's entries as a workbook to fill in offline, and the way back: read, check, take over.

`layout.py` is the sheet as data; `entry.py` what a row says; `reader.py` and `writer.py` know no
database; `checking.py` judges each row by the rules of the entry's form.
"""
