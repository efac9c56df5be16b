"""Vendors, each known here alone."""
