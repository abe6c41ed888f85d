"""`make repeat` counts what held, goes on where it was stopped, and says what failed."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from tools import records
from tools.bootstrap import ROOT
from tools.chance import unshifted

# Each run of this chapter leaves a line in starts.txt. Its second claim fails under shift 2, its
# third cell under shift 3, and nothing can be drawn.
CELLS = {
    "bootstrap": "raise RuntimeError('the bootstrap must not run')",
    "imports": """\
import os
import time
from pathlib import Path

import matplotlib.pyplot as plt

from helpers import choice, claim, explore, js_figure, seed_everything

rng = seed_everything(0)
SHIFT = int(os.environ["HELPERS_SEED_SHIFT"])
with open("starts.txt", "a") as log:
    log.write(f"{SHIFT}\\n")
""",
    "first-claim": """\
claim("Numbers differ.", True, measured=f"{rng.random()}", source="this chapter")
Path(f"drawn-{SHIFT}.txt").write_text(str(rng.random()))
""",
    "second-claim": """\
def draw(a):
    \"\"\"Nothing.\"\"\"
    raise RuntimeError("a repetition draws no frames")


explore(draw, a=choice(1, 2))
js_figure("playground", alt="Nothing.", poster="no figure, which cannot be drawn")
display("shown")
plt.plot([1, 2])
for _ in range(2):
    claim("Shifts are not two.", SHIFT != 2 or _, measured="counted", source="this chapter")
""",
    "third-claim": """\
assert not plt.get_fignums(), "the figure of the cell before is still open"
if SHIFT == 3 and not Path("mended").exists():
    raise OSError("no data for shift 3")
claim("Pigs fly.", False, measured="seen", source="this chapter", expected=False)
if SHIFT > 2:
    time.sleep(float(os.environ.get("TINY_SECONDS", 0)))
""",
}
FIRST, SECOND, THIRD = "claim-numbers-differ", "claim-shifts-are-not-two", "claim-pigs-fly"


def write_chapter(path, cells=CELLS):
    """Write a notebook with the stored outputs of two claims."""
    code = [new_code_cell(source, id=name) for name, source in cells.items()]
    notebook = new_notebook(cells=[new_markdown_cell("# Tiny", id="title"), *code])
    for one, statement in ((FIRST, "Numbers differ."), (SECOND, "Shifts are not two.")):
        card = json.dumps({"id": one, "statement": statement}).replace('"', "&quot;")
        shown = f'<div class="claim claim-holds" id="{one}" data-claim="{card}" style="">x</div>'
        notebook.cells[-1].outputs.append(new_output("display_data", {"text/html": shown}))
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def command(folder, *arguments):
    return [
        sys.executable, "-m", "tools.repetition", "--folder", str(folder / "chapters"),
        "--kept", str(folder / "kept"), "--processes", "2", *arguments,
    ]  # fmt: skip


def environment(**more):
    return {**os.environ, "PYTHONPATH": str(ROOT / "book"), "PYTHONUNBUFFERED": "1", **more}


def repeat(folder, *arguments):
    return subprocess.run(
        command(folder, *arguments), env=environment(), capture_output=True, text=True, timeout=300
    )


def starts(folder):
    """Return the shifts of all runs, in order."""
    return sorted((folder / "chapters/part/starts.txt").read_text().split(), key=int)


def finished(folder):
    """Return the shifts with a whole result."""
    found = (folder / "kept").glob("tiny/*/*.json")
    return {path.stem for path in found if json.loads(path.read_text())}


@pytest.fixture(scope="module")
def repeated(tmp_path_factory):
    """A chapter repeated four times, and what the command said."""
    folder = tmp_path_factory.mktemp("repeated")
    write_chapter(folder / "chapters/part/tiny.ipynb")
    return folder, repeat(folder, "--times", "4", "tiny")


def test_the_record_counts_what_held(repeated):
    folder, _ = repeated
    chapter = folder / "chapters/part/tiny.ipynb"
    record = json.loads((folder / "chapters/part/tiny.repetitions.json").read_text())
    assert record == {
        "code": records.code_hash(chapter),
        "times": 4,
        "failed": 1,
        # The repetition that failed did not reach the third.
        "claims": {
            FIRST: {"held": 4, "of": 4},
            SECOND: {"held": 3, "of": 4},
            THIRD: {"held": 3, "of": 4},
        },
    }
    assert records.read(chapter) == record


def test_each_repetition_draws_its_own_numbers(repeated):
    folder, _ = repeated
    drawn = {path.read_text() for path in (folder / "chapters/part").glob("drawn-*.txt")}
    assert len(drawn) == 4


def test_a_failure_is_reported_with_its_shift_and_cell(repeated):
    _, done = repeated
    assert done.returncode == 1, done.stderr
    assert "tiny: failed under shift 3" in done.stdout
    assert 'File "cell third-claim", line 3' in done.stdout
    assert "OSError: no data for shift 3" in done.stdout
    assert done.stdout.count("Traceback") == 1, done.stdout


def test_progress_tells_how_far_it_is(repeated):
    _, done = repeated
    lines = re.findall(
        r"tiny: (\d) of 4 \(\d+ s\); all: (\d) of 4, about \d+ min \d+ s left", done.stdout
    )
    assert lines == [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4")]


def test_what_does_not_stand_is_listed(repeated):
    folder, done = repeated
    line = "tiny: Shifts are not two. held in 3 of 4"
    assert line in done.stdout
    report = repeat(folder, "--report")
    assert report.stdout.splitlines() == [f"tiny: {THIRD} held in 3 of 4", line]
    assert report.returncode == 0


def test_only_what_failed_is_run_again(repeated):
    """Last of those that use this chapter, because it mends it."""
    folder, _ = repeated
    assert starts(folder) == ["1", "2", "3", "4"]
    (folder / "chapters/part/mended").touch()
    done = repeat(folder, "--times", "5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert starts(folder) == ["1", "2", "3", "3", "4", "5"]
    record = records.read(folder / "chapters/part/tiny.ipynb")
    assert record["failed"] == 0
    assert record["claims"][THIRD] == {"held": 5, "of": 5}


def begin(folder, times, *others):
    """Start repetitions that are slow from the third on, and return when two have a result.

    Other chapters, which are not slow, are finished by then.
    """
    process = subprocess.Popen(
        command(folder, "--times", str(times)), env=environment(TINY_SECONDS="60"),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        # What a shell runs in the background ignores this signal, and so do its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    end = time.monotonic() + 120
    while len(finished(folder)) < 2 or not all(records.path_of(path).exists() for path in others):
        assert process.poll() is None and time.monotonic() < end, process.stdout.read()
        time.sleep(0.05)
    return process


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_stopped_goes_on_where_it_was(how, tmp_path):
    (tmp_path / "chapters/part").mkdir(parents=True)
    (tmp_path / "chapters/part/mended").touch()
    write_chapter(tmp_path / "chapters/part/tiny.ipynb")
    first = write_chapter(tmp_path / "chapters/part/a_first_one.ipynb", {"sum": "1 + 1"})
    process = begin(tmp_path, 8, first)
    if how == signal.SIGKILL:
        process.kill()
    else:  # as a terminal sends it, to all
        os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=30)
    output = process.stdout.read()  # ends when no child holds the pipe
    kept, before = finished(tmp_path), starts(tmp_path)
    assert kept == {"1", "2"}, "a repetition went on without its command"
    assert not records.path_of(tmp_path / "chapters/part/tiny.ipynb").exists()
    assert records.read(first)["times"] == 8, "a chapter that is finished waited for the others"
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert "Stopped. The same command goes on from here." in output
        assert "Traceback" not in output

    done = repeat(tmp_path, "--times", "8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"all: {8 + len(kept) + 1} of 16" in done.stdout
    after = starts(tmp_path)
    assert finished(tmp_path) == {str(n) for n in range(1, 9)}
    again = {shift for shift in after if after.count(shift) > before.count(shift)}
    assert again == {str(n) for n in range(1, 9)} - kept


def test_a_process_that_dies_leaves_no_record(tmp_path):
    kill = "if SHIFT == 2:\n    os.kill(os.getpid(), 9)"
    cells = {"imports": CELLS["imports"], "kill": kill, "first-claim": CELLS["first-claim"]}
    chapter = write_chapter(tmp_path / "chapters/part/tiny.ipynb", cells)
    done = repeat(tmp_path, "--times", "2")
    assert done.returncode == 1
    assert "tiny: the process of shift 2 died without a result" in done.stdout
    assert finished(tmp_path) == {"1"}
    assert records.read(chapter) is None


def test_a_chapter_that_changes_meanwhile_is_not_counted(tmp_path):
    """Its results would be those of other code than the record says."""
    path = tmp_path / "chapters/part/tiny.ipynb"
    change = (
        "import json\nfrom pathlib import Path\nfile = Path('tiny.ipynb')\n"
        "text = file.read_text()\nfile.write_text(text.replace('0.25', '0.75'))\n1 > 0.25"
    )
    write_chapter(path, {"change": change})
    done = subprocess.run(
        [*command(tmp_path, "--times", "2"), "--processes", "1"], env=environment(),
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 1
    assert finished(tmp_path) == {"1"}
    assert "was changed while it was repeated" in done.stderr


def test_an_unknown_name_is_an_error(tmp_path):
    write_chapter(tmp_path / "chapters/part/tiny.ipynb")
    done = repeat(tmp_path, "huge")
    assert done.returncode == 2
    assert "no chapter is called huge; there are tiny" in done.stderr


CLAIM = """\
def f(x):
    \"\"\"Double.\"\"\"
    return 2 * x

claim("Doubles are even.", f(3) % 2 == 0, measured=f"{f(3)} is even", source="this chapter")
"""


@pytest.fixture
def recorded(tmp_path):
    """A chapter with a record, and a function that writes it with other code."""
    path = tmp_path / "tiny.ipynb"

    def change(old="", new=""):
        assert old in CLAIM
        return write_chapter(path, {"bootstrap": "first()", "doubles": CLAIM.replace(old, new)})

    count = {"held": 20, "of": 20}
    record = {"code": records.code_hash(change()), "times": 20, "failed": 0}
    records.write(path, {**record, "claims": {FIRST: count, SECOND: count}})
    return change


@pytest.mark.parametrize(
    "change",
    [
        ("", ""),
        ("return 2 * x", "return (2 *\n            x)  # doubled"),
        ("Double.", "Twice as much."),
        ('measured=f"{f(3)} is even"', 'measured="the last digit"'),
        ('source="this chapter"', 'source="euclid", identity=True'),
        ('source="this chapter"', 'source="this chapter", only_when="they are whole"'),
        ("Doubles are even.", "Twice a number is even."),
    ],
)
def test_words_do_not_make_a_record_stale(change, recorded):
    assert records.problems([recorded(*change)]) == []


@pytest.mark.parametrize(
    "change",
    [
        ("2 * x", "3 * x"),
        ("f(3) % 2 == 0", "f(4) % 2 == 0"),
        ('source="this chapter"', 'source="this chapter", expected=False'),
        ("return 2 * x", "return 2 * x\n\nrng = 1"),
    ],
)
def test_other_code_makes_a_record_stale(change, recorded):
    chapter = recorded(*change)
    assert records.problems([chapter]) == [
        f"{chapter}: its code is not what was repeated; run `make repeat NAME=tiny` and commit "
        "tiny.repetitions.json"
    ]


def test_another_bootstrap_does_not_make_a_record_stale(recorded):
    chapter = recorded()
    chapter.write_text(chapter.read_text().replace("first()", "second()"))
    assert records.problems([chapter]) == []


def test_a_missing_record_is_named(recorded):
    chapter = recorded()
    records.path_of(chapter).unlink()
    (problem,) = records.problems([chapter])
    assert problem.startswith(f"{chapter}: was never repeated; run `make repeat NAME=tiny`")


def test_a_chapter_without_claims_needs_no_record(tmp_path):
    notebook = new_notebook(cells=[new_code_cell("1 + 1", id="sum")])
    nbformat.write(notebook, tmp_path / "sums.ipynb")
    assert records.problems([tmp_path / "sums.ipynb"]) == []


def test_a_claim_without_a_count_is_named(recorded):
    chapter = recorded()
    record = records.read(chapter)
    del record["claims"][SECOND]
    records.write(chapter, record)
    (problem,) = records.problems([chapter])
    assert "no repetition measured 'Shifts are not two.'; run `make repeat NAME=tiny`" in problem


def test_too_few_repetitions_are_named(recorded):
    chapter = recorded()
    records.write(chapter, {**records.read(chapter), "times": 19})
    (problem,) = records.problems([chapter])
    assert "repeated 19 times, not 20; run `make repeat NAME=tiny`" in problem


def test_a_verdict_stands_from_19_of_20_on(recorded):
    chapter = recorded()
    counts = {FIRST: {"held": 19, "of": 20}, SECOND: {"held": 18, "of": 20}}
    records.write(chapter, {**records.read(chapter), "claims": counts})
    assert records.falling([chapter]) == ["tiny: Shifts are not two. held in 18 of 20"]


def test_the_hash_is_the_same_in_every_python(tmp_path):
    """Syntax trees differ between versions in what they leave out."""
    source = (
        "from math import *\n@cache\ndef f(a, /, b: int = 1, *c, d=None, **e) -> None:\n"
        "    global g\n    match a:\n        case {'k': [1, *_], **rest} if b: return\n"
        "    return f'{a!r:>{b}} {b=} ' 'more' if a else lambda: ...\n"
        "class C(D, m=1):\n    x: int\n[*a, b] = {**c}, {1, 2j}, b'\\0'[::2, ...]\n"
        "async def g():\n    async with a as b: yield await c\n"
        "claim('A.', x := 1 < 2 <= 3, expected=None, measured=f'{x}', source='this chapter')\n"
    )
    chapter = write_chapter(tmp_path / "all.ipynb", {"all": source})
    assert records.code_hash(chapter) == "75019928c22a027a"


def test_the_check_takes_names():
    command = [sys.executable, "-m", "tools.records", "--check", "huge"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True)
    assert done.returncode == 2 and "no chapter is called huge; there are" in done.stderr


def test_the_check_of_all_records_takes_less_than_three_seconds():
    def spent():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before = spent()  # of the processor, because other work may keep it from us
    command = [sys.executable, "-m", "tools.records", "--check"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True)
    assert spent() - before < 3
    assert done.returncode == (1 if done.stdout else 0) and not done.stderr


@pytest.mark.parametrize(
    "source",
    [
        "np.random.default_rng()",
        "default_rng(None)",
        "np.random.default_rng(seed=None)",
        "np.random.RandomState()",
        "np.random.seed()",
        "torch.seed()",
        "random.Random()",
        "random.SystemRandom(1)",
        "np.random.Generator(np.random.PCG64(1))",
        "from numpy.random import SeedSequence",
        "torch.default_generator.manual_seed(1)",
        "os.urandom(4)",
        "import secrets",
        "from secrets import randbits",
        "import uuid",
        "from os import urandom as chance",
        "seed = int(time.time())",
        "from time import time_ns",
        "datetime.datetime.now()",
        "datetime.date.today()",
    ],
)
def test_chance_that_no_repetition_shifts_is_found(source, recorded):
    chapter = recorded("return 2 * x", f"return 2 * x\n\n{source}")
    assert len(unshifted(source)) == 1
    assert any(f"{chapter}: doubles: " in problem for problem in records.problems([chapter]))


@pytest.mark.parametrize(
    "source",
    [
        "np.random.default_rng(0)",
        "np.random.default_rng(seed=seed)",
        "rng = seed_everything()",
        "torch.Generator().manual_seed(1)",
        "import time\nbegin = time.perf_counter()",
        "from time import perf_counter",
        "datetime.date(2020, 1, 1)",
        "ax.set_xlabel('time')",
        "now = 3",
    ],
)
def test_seeds_and_clocks_that_measure_are_well(source):
    assert unshifted(source) == []
