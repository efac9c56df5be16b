"""CV Studio: a CV that is true in every line, fits, and prints exactly as previewed."""
