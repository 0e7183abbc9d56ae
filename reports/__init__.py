"""Board reports: looks, boundaries, snapshots, tables, figures and versions."""
