"""The password of a secret key: asked at the terminal and not shown, or one line of standard input."""

import getpass
import sys

from tumen.cli.language import text


def ask(prompt: str = "") -> str:
    """Return the password; nothing of it is printed or kept."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt or text("Password of the secret key: "))
    return sys.stdin.readline().rstrip("\r\n")
