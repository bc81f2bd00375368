"""The stocktake's pages, a module for each noun."""
