"""The CV document core: the model, its edits and sample documents. Pure; usable as a library."""

from cvstudio.document.model import (
    CUSTOM,
    SECTION_KEYS,
    SECTIONS,
    Document,
    Item,
    SectionSetting,
)

__all__ = ["CUSTOM", "SECTIONS", "SECTION_KEYS", "Document", "Item", "SectionSetting"]
