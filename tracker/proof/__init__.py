"""The whole story of one obligation as one page that can be filed or handed over."""
