"""Rules by which organisations learn: alone and from partners, together, and across a bond."""
