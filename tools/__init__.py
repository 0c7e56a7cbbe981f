"""What the project is built and kept with."""
