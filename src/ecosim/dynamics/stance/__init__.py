"""Rules by which stances move."""
