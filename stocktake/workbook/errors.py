class WorkbookError(Exception):
    """A file that can't be read as a stocktake; its text is a sentence for who sent it."""
