"""The font files that every PDF embeds and every width is measured with: DejaVu Sans 2.37, its licence beside it.

They are part of the sources, so that no font of a machine and no version of a library changes a byte of a document.
"""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "fonts"
