"""Which job is to be done?

One job per module: read, answer, write. The only place that reads the clock and brings disk and answers together.
"""
