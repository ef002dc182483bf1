"""What the commands do; ``ecosim.cli`` says how they are called."""
