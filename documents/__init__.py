"""Fonts, PDF by typst, and the SVG canvas: a plain package."""
