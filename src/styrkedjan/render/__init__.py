"""Values become Swedish words, SVG, PDF and tables. Knows no Django."""
