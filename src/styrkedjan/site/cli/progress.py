"""The progress bar that commands show on a terminal. It stands on stderr, so that what a command prints stays clean."""

from rich.console import Console
from rich.progress import Progress, ProgressColumn


def progress_bar(*columns: ProgressColumn) -> Progress:
    """A bar that goes away when it is done, and is not there at all when nobody is watching."""
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
