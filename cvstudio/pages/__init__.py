"""The pages: each reads like a table of contents."""
