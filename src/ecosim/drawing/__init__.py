"""Drawing: the style of all figures, and the figures that results of experiments can draw of themselves."""
