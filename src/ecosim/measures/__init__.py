"""What we look at: pure functions of arrays, of a world, or of a recorded series."""
