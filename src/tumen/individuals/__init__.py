"""Who is it?

`register` joins the parties' local names of one animal by the links between them. Nothing here reads or writes.
"""
