"""What happens: one file a mechanism, named as the model names it."""
