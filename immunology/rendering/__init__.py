"""Pictures of antibodies as SVG, each with its table: shapes and words say what colour says."""
