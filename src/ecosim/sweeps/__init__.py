"""What a sweep left, in a line each from Python: tables, effects, curves, sensitivity, and the page that tells of it."""
