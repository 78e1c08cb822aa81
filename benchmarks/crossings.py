"""Crossings of 1,000,000 detections of 2,000 individuals, sides included, in CPU seconds.

    python benchmarks/crossings.py
    python benchmarks/crossings.py --border borders.geojson

Twice: detections at 5,000 stations, and every detection at coordinates of its own (a track of each animal). The border
is a line with a vertex about every 10 m, or that of a GeoJSON file whose polygons carry `iso_a3` or `countryCode`.
Preparing countries and border once is shown apart: it does not grow with the detections.
"""
