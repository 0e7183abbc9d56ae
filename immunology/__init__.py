"""HLA typing, sera and antibodies."""
