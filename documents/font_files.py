"""The font files that every PDF embeds and that measure every width: DejaVu Sans 2.37, with its licence.

They are in the repository. System fonts and library versions therefore do not change a document.
"""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "fonts"
