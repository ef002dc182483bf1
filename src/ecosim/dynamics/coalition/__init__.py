"""Rules by which coalitions form, grow and dissolve."""
