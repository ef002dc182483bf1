"""Rules by which contributions become benefit, and benefit is shared and spreads."""
