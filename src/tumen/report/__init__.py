"""How is it told?

Every answer side by side, as figures, a web page and a document.

Nothing is computed here: texts, tables and figures are drawn from one `ReportSource`, so that they cannot disagree.
"""
