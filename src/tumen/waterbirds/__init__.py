"""Does the site qualify? Counts, thresholds, verdicts, trends and dossiers of waterbirds."""
