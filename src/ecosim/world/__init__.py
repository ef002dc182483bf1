"""What exists: columns of state, and how organisations, relationships and coalitions come and go."""
