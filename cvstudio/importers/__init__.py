"""The import core: a file's bytes become a CV document, with evidence for every field. Pure; usable as a library."""

from cvstudio.importers.model import Field, Imported, Place
from cvstudio.importers.reading import read

__all__ = ["Field", "Imported", "Place", "read"]
