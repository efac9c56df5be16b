"""What the pages remember: flat states, one module per page."""
