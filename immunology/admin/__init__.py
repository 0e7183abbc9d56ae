"""The pages of specimens, and the laboratory's and the production unit's sealed pages."""

from immunology.admin import timeline
from immunology.admin.specimens import SpecimenAdmin

__all__ = ["SpecimenAdmin", "timeline"]
