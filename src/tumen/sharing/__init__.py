"""Who may see it? Policy, disclosure, seal, verify, trust."""
