"""The demonstration: one real county with invented boundaries, grids and people, and the story played on it."""
