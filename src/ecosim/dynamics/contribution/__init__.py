"""Rules by which organisations choose how much they contribute."""
