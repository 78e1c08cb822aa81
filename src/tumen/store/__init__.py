"""What does a node remember? Received packages, the ledger of releases, trusted keys, the log."""
