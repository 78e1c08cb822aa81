"""Do they survive, and who comes after them? Open populations over years."""
