"""A network that rewrites dates, and where it looks."""
