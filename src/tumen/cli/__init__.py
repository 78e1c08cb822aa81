"""What does a person type?

One command per module: parse, call a task, print. No arithmetic.
"""
