"""The parts of /profile."""
