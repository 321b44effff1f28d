"""Homes and disks to run servers in."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from styrkedjan.site import postgres
from tests.site.test_postgres.commands import AS_ROOT, commands, server_processes


@pytest.fixture
def home():
    """A folder that the server's user can reach, which pytest's own are not for root."""
    folder = Path(tempfile.mkdtemp(prefix="styrkedjan-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    while commands:
        with commands.pop() as left:
            left.kill()
    for data in folder.glob("**/postgres/data"):
        postgres.stop(data.parents[1])
        assert server_processes(data) == []
    shutil.rmtree(folder)


@pytest.fixture
def small_disk(home):
    """A way to get a disk of so many megabytes."""
    disk = home / "disk"
    disk.mkdir()

    def mounted(megabytes: int) -> Path:
        options = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", disk]
        if not AS_ROOT or subprocess.run(options, capture_output=True).returncode:
            pytest.skip("may not mount a small disk here")
        return disk

    yield mounted
    if disk.is_mount():
        postgres.stop(disk)
        subprocess.run(["umount", disk], check=True)
