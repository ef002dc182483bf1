"""Many runs: designs, and carrying them out."""
