"""Pack the built site into one file for carrying: ``make zip``.

The file is the same for the same site, whoever packs it and when.
"""

from __future__ import annotations

import os
import sys
import time
import zipfile
from pathlib import Path

from tools.bootstrap import ROOT

SITE = ROOT / "_build" / "html"
NAME = "from-alchemy-to-experiment"
TARGET = ROOT / "_build" / f"{NAME}.zip"
# The first that the format knows; SOURCE_DATE_EPOCH names another.
EPOCH = 315_532_800


def pack(site: Path, target: Path, folder: str = NAME) -> int:
    """Write a site into a zip file.

    Parameters
    ----------
    site : Path
        The built site. What begins with a dot belongs to the builder and stays outside.
    target : Path
        The file.
    folder : str
        The one folder in it.

    Returns
    -------
    int
        The number of files.
    """
    files = sorted(
        path for path in site.rglob("*")
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(site).parts)
    )  # fmt: skip
    date = time.gmtime(max(EPOCH, int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH))))[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in files:
            name = f"{folder}/{path.relative_to(site).as_posix()}"
            entry = zipfile.ZipInfo(name, date)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # also on Windows
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes(), compresslevel=9)
    return len(files)


def main() -> int:
    """Pack the site."""
    count = pack(SITE, TARGET)
    print(f"{TARGET}: {count} files, {TARGET.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
