"""What do their genes say? Diversity, structure, effective size, relatedness, migrants between sides."""
