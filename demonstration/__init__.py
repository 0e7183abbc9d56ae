"""The demonstration trial; never installed in production."""
