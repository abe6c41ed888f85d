"""A network that trains in the page, with everything to set."""
