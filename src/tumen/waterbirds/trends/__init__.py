"""How do the numbers change? Trends of counts with gaps."""
