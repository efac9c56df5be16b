"""The HTTP door: schemas and routes, no rules."""
