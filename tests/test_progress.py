import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import progress

pytestmark = pytest.mark.filterwarnings("error")

LINE = re.compile(r"  sweep \[(#*)(\.*)\] (\d+)/(\d+) frames\n")


def test_items_pass_through_in_order_and_one_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setenv("HELPERS_PROGRESS", str(tmp_path / "log"))
    taken = []
    source = (taken.append(k) or k for k in range(50))
    for k, item in enumerate(progress.bar(source, 50, "sweep")):
        assert item == k
        assert taken == list(range(k + 1))
    assert k == 49


def test_without_a_file_nothing_is_printed(monkeypatch, capfd):
    monkeypatch.delenv("HELPERS_PROGRESS", raising=False)
    assert list(progress.bar("abc", 3, "sweep")) == ["a", "b", "c"]
    assert capfd.readouterr() == ("", "")


@settings(deadline=None)
@given(total=st.integers(1, 120))
def test_the_bar_grows_in_tenths_to_the_end(total, tmp_path_factory):
    path = tmp_path_factory.mktemp("progress") / "log"
    with path.open("w") as log:
        log.write("earlier\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HELPERS_PROGRESS", str(path))
        list(progress.bar(range(total), total, "sweep"))
    first, *lines = path.read_text().splitlines(keepends=True)
    assert first == "earlier\n"  # two kernels share one file
    matches = [LINE.fullmatch(line) for line in lines]
    assert len(matches) == min(total, 10)
    done = [int(match[3]) for match in matches]
    assert done == sorted(set(done)) and done[-1] == total
    for match, k in zip(matches, done, strict=True):
        assert int(match[4]) == total
        assert len(match[1]) + len(match[2]) == 20
        assert len(match[1]) == 20 * k // total


def test_a_report_comes_after_the_work_on_its_item(tmp_path, monkeypatch):
    path = tmp_path / "log"
    monkeypatch.setenv("HELPERS_PROGRESS", str(path))
    items = progress.bar(range(10), 10, "sweep")
    next(items)
    assert not path.exists()
    next(items)
    assert path.read_text() == "  sweep [##..................] 1/10 frames\n"
