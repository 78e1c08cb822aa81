"""Tumen: joint monitoring of wildlife that crosses borders."""

__all__ = ["__version__"]

__version__ = "0.1.0"
