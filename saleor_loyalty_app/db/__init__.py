"""Engine, read/write seam, column types and migrations."""
