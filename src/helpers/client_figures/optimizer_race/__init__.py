"""Seven optimizers that descend a surface from one start."""
