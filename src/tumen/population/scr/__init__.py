"""How many are there? Spatial capture-recapture: density from who was seen where, and where nobody was."""
