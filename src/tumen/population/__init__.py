"""How many are there, and will they last?

`scr`: spatial capture-recapture; `survival`: who is still there, over years; `diversity`: what their genes say.
"""
