"""The import core: a file's bytes become a CV document, with evidence for every field. Pure; usable as a library."""

from cvstudio.importers.model import Field, Imported, Place
from cvstudio.importers.reading import pasted, read

__all__ = ["Field", "Imported", "Place", "pasted", "read"]
