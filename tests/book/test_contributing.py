"""CONTRIBUTING's table of rooms, and README's, name files and folders that are there."""

import re

import pytest
from tools.bootstrap import ROOT

NAME = re.compile(r"`([\w./-]+(?:\.(?:py|js|c|md|toml|txt|yml|cfg)|/))`")
ROWS = [
    (page, line)
    for page in ("CONTRIBUTING.md", "README.md")
    for line in (ROOT / page).read_text("utf8").splitlines()
    if line.startswith("|") and NAME.search(line)
]


def missing(row):
    """Return the names in a row that are neither a path nor below a folder that it names."""
    names = NAME.findall(row)
    folders = [ROOT, *(ROOT / name for name in names if (ROOT / name).is_dir())]
    return [
        name
        for name in names
        if not any((folder / name).exists() or any(folder.rglob(name)) for folder in folders[1:])
        and not (ROOT / name).exists()
    ]


@pytest.mark.parametrize(("page", "row"), ROWS)
def test_what_the_tables_name_is_there(page, row):
    assert missing(row) == []


def test_a_room_that_is_gone_is_noticed():
    assert len(ROWS) > 15
    assert missing("| x | `src/helpers/`: `claims.py`, `web.py`, `src/helpers/web/` |") == [
        "web.py",
        "src/helpers/web/",
    ]
