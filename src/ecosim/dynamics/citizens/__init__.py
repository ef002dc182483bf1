"""Citizens: they buy, work, support and approve, and organisations live by that."""
