"""A course's week, step by step and interrupted: release, collect, grade, feedback, grades."""

import csv
import fcntl
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import hell
import nbformat
import pytest
from bank import EXERCISES, NAMES
from grading import files, preprocessors, sandbox
from grading.course import Course, CourseError
from grading.table import safe, write
from hell import CHECKS, NAME
from watching import processes, wait_for

FEW = ("right", "wrong-06-gradient", "blank", "half-done", "copied-a-cell", "syntax-error")
FEW += ("os-exit", "time-bomb", "not-a-notebook")


@pytest.fixture(scope="module")
def entries():
    """Some of the class from hell, by name."""
    places = hell.Places(Path("/x"), Path("/x"), Path("/x"))
    return {entry.student: entry for entry in hell.submissions(places)}


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A course in which one notebook is released."""
    sandbox.require()
    root = tmp_path_factory.mktemp("released")
    shutil.copytree(EXERCISES / "source" / NAME, root / "source" / NAME)
    Course(root).release([NAME])
    return root


@pytest.fixture
def root(released, tmp_path):
    """A fresh copy of that course."""
    shutil.copytree(released, tmp_path / "course")
    yield tmp_path / "course"
    preprocessors.kernels(False).close()


def hand_in(root, *entries):
    """Collect submissions and return what was said."""
    folder = root / "handed-in"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return Course(root).collect(NAME, hell.pack(entries, folder / "class.zip"))


def grade(root):
    return list(Course(root).grade(NAME))


def table(root):
    with write(Course(root), NAME).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def row(root, student):
    (found,) = [row for row in table(root) if row["student"] == student]
    return found


def changed(entry, **answers):
    """Return a submission with other answers."""
    notebook = nbformat.reads(entry.content.decode(), as_version=4)
    for cell in notebook.cells:
        if cell.id.replace("-", "_") in answers:
            cell.source = answers[cell.id.replace("-", "_")]
    return hell.Entry(entry.student, nbformat.writes(notebook).encode(), None, "")


def environment(**more):
    paths = os.pathsep.join([str(EXERCISES), str(EXERCISES.parent / "book")])
    return os.environ | {"PYTHONPATH": paths} | more


def command(root, *arguments, **more):
    """Run a command of the course as an instructor does."""
    return subprocess.run(
        [sys.executable, "-m", "grading", "--course", str(root), *arguments],
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=120,
    )


# release


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_release_is_what_its_source_gives(name, tmp_path):
    shutil.copytree(EXERCISES / "source" / name, tmp_path / "source" / name)
    Course(tmp_path).release([name])
    path = Path("release", name, f"{name}.ipynb")
    assert (EXERCISES / path).is_file(), f"exercises/course release {name}"
    assert (EXERCISES / path).read_bytes() == (tmp_path / path).read_bytes(), (
        f"{path} is not what its source gives: exercises/course release {name}"
    )


def test_no_answer_and_no_hidden_test_is_released(released):
    text = (released / "release" / NAME / f"{NAME}.ipynb").read_text("utf8")
    assert "oracle" not in text
    assert "SOLUTION" not in text
    for answer in hell.ANSWERS.values():
        assert json.dumps(answer)[1:-1] not in text
    assert all(not cell.get("outputs") for cell in json.loads(text)["cells"])


# collect


def test_collecting_twice_changes_nothing(root, entries):
    assert hand_in(root, entries["right"], entries["blank"])[-1].startswith("2 new, 0 changed")
    lines = hand_in(root, entries["right"], entries["blank"])
    assert lines[-1] == "0 new, 0 changed, 2 known, 0 without a notebook"
    hand_in(root, changed(entries["blank"], by_hand="1"))
    # What another download no longer holds stays.
    assert Course(root).submissions(NAME) == ["blank", "right"]


def test_a_namesake_who_comes_later_is_told(root, entries):
    def of_moodle(*numbers):
        return [
            hell.Entry(f"Li Wei_{number}_assignsubmission_file_", entries["right"].content, {}, "")
            for number in numbers
        ]

    assert len(hand_in(root, *of_moodle(1))) == 1
    assert hand_in(root, *of_moodle(1, 2))[:-1] == [
        f"{student}: Li_Wei, collected before, may be the same: if so, remove "
        f"submitted/Li_Wei/{NAME}"
        for student in ("Li_Wei_1", "Li_Wei_2")
    ]
    assert hand_in(root, *of_moodle(2))[0].startswith("Li_Wei: Li_Wei_2, collected before, may")


def test_only_what_is_new_or_changed_is_graded(root, entries):
    hand_in(root, entries["right"], entries["blank"])
    assert grade(root)[-1] == "2 graded, 0 were graded already"
    assert grade(root) == ["0 graded, 2 were graded already"]
    better = changed(entries["blank"], by_hand=hell.ANSWERS["by-hand"])
    assert hand_in(root, entries["right"], better)[-1].startswith("0 new, 1 changed, 1 known")
    assert row(root, "blank")["state"] == "not graded yet"
    first, last = grade(root)
    assert first.startswith("[1/1] blank: 1 of 14")
    assert last == "1 graded, 1 were graded already"


def test_a_changed_exercise_is_graded_again(root, entries):
    hand_in(root, entries["right"])
    grade(root)
    path = root / "source" / NAME / f"{NAME}.ipynb"
    path.write_text(path.read_text("utf8").replace("gradient, step and", "gradient, step, and"))
    Course(root).release([NAME])
    assert grade(root)[-1] == "1 graded, 0 were graded already"


def test_a_lost_gradebook_is_filled_again(root, entries):
    hand_in(root, entries["right"])
    grade(root)
    (root / "gradebook.db").unlink()
    with pytest.raises(CourseError, match="is not in the gradebook: exercises/course release"):
        grade(root)
    Course(root).release([NAME])
    assert row(root, "right")["state"] == "not graded yet"
    assert grade(root)[-1] == "1 graded, 0 were graded already"
    assert row(root, "right")["state"] == "1 to be read"


# what does not go well


def test_a_mistake_in_an_oracle_is_no_students_fault(root, entries):
    hand_in(root, entries["right"])
    path = root / "source" / NAME / f"{NAME}.ipynb"
    good = path.read_text("utf8")
    path.write_text(
        good.replace("def values(rate, sign", "1 / 0\\n    def values(rate, sign"), "utf8"
    )
    assert path.read_text("utf8") != good
    Course(root).release([NAME])
    reason = "could not be graded: by-hand-check: its oracle fails: "
    assert reason in grade(root)[0]
    assert row(root, "right")["state"].startswith(reason)
    assert row(root, "right")["points"] == ""
    # It is tried again each time, until somebody has mended the oracle.
    assert grade(root)[-1] == "1 graded, 0 were graded already"
    path.write_text(good, "utf8")
    Course(root).release([NAME])
    grade(root)
    assert row(root, "right")["points"] == "12.0"


def test_a_submission_that_became_unreadable_loses_its_grade(root, entries):
    hand_in(root, entries["right"])
    grade(root)
    hand_in(root, hell.Entry("right", b"", None, ""))
    grade(root)
    assert row(root, "right")["state"].startswith("not graded: the file is not a notebook")
    with Course(root).gradebook() as gradebook:
        assert gradebook.assignment_submissions(NAME) == []
    assert not list((root / "autograded").rglob("*.ipynb"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("grade", "gradient_decent"),
            "no exercises 'gradient_decent'; there are gradient_descent",
        ),
        (("release", "x"), "no exercises 'x'; there are gradient_descent"),
        (("collect", NAME, "missing.zip"), "missing.zip is neither a folder nor a zip"),
        (("collect", NAME, "."), "no submissions in"),
        (("feedback", NAME), "nobody handed in gradient_descent"),
    ],
)
def test_a_command_that_cannot_be_done_says_what_to_do(root, arguments, message, tmp_path):
    (tmp_path / "empty").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "grading", "--course", str(root), *arguments],
        env=environment(),
        cwd=tmp_path / "empty",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("verb", ["grade", "collect", "grades"])
def test_nothing_goes_before_the_release(verb, tmp_path):
    shutil.copytree(EXERCISES / "source" / NAME, tmp_path / "source" / NAME)
    done = command(tmp_path, verb, NAME, *(["."] if verb == "collect" else []))
    assert done.returncode == 1
    assert done.stderr == f"{NAME} is not released yet: exercises/course release {NAME}\n"


def test_two_commands_do_not_write_at_once(root):
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = command(root, "grade", NAME)
    assert done.returncode == 1
    assert done.stderr == "another command is at work in this course: wait for it\n"


def test_without_bubblewrap_nothing_is_graded(root, entries):
    hand_in(root, entries["right"])
    done = command(root, "grade", NAME, PATH="/nowhere")
    assert done.returncode == 1
    assert "apt-get install bubblewrap" in done.stderr
    assert "--trust-students" in done.stderr
    assert row(root, "right")["state"] == "not graded yet"
    assert not (root / "autograded").exists()


def test_trusted_students_need_no_bubblewrap(root, entries):
    hand_in(root, entries["right"], entries["os-exit"])
    done = command(root, "grade", NAME, "--trust-students", PATH="/nowhere")
    assert done.returncode == 0, done.stderr
    assert row(root, "right")["points"] == "12.0"
    assert row(root, "os-exit")["points"] == "11.0"
    assert "the kernel died" in row(root, "os-exit")["notes"]


# feedback and grades


def test_a_page_shows_the_reasons_and_the_partial_points(root, entries):
    hand_in(root, entries["wrong-06-gradient"], entries["not-a-notebook"])
    grade(root)
    *lines, last = Course(root).feedback(NAME)
    assert lines[-1].endswith(f"feedback/wrong-06-gradient/{NAME}/{NAME}.html")
    assert last == "2 pages written"
    page = (root / "feedback" / "wrong-06-gradient" / NAME / f"{NAME}.html").read_text("utf8")
    assert "1 of 2 points" in page
    assert "six features: the shape is (2,), not (6,) (0 of 1)" in page
    assert "def oracle" not in page
    page = (root / "feedback" / "not-a-notebook" / NAME / f"{NAME}.html").read_text("utf8")
    assert "Not graded: the file is not a notebook" in page


def test_the_table_lists_everybody_with_his_state(root, entries):
    names = ["right", "Ähsan Ö", "=HYPERLINK(1)"]
    text = "\n".join(["student,group", *(f"{name},1" for name in names)])
    (root / "students.csv").write_text(text, "utf-8-sig")
    hand_in(root, entries["right"], entries["no-words"], entries["not-a-notebook"])
    assert {row["state"] for row in table(root)} == {"not graded yet", "handed in nothing"}
    grade(root)
    rows = {row["student"]: row for row in table(root)}
    assert list(next(iter(rows.values()))) == [
        *("student", "points", "of"),
        *("by-hand-check (1)", "gradient-check (2)", "limits-check (2)", "measure-limit-check (2)"),
        *("standardize-check (2)", "why-scale (2)", "rates-check (3)", "state", "notes"),
    ]
    states = {student: row["state"] for student, row in rows.items()}
    assert states.pop("not-a-notebook").startswith("not graded: the file is not a notebook")
    assert states == {
        "right": "1 to be read",
        "no-words": "graded",
        "Ähsan_Ö": "handed in nothing",
        "HYPERLINK_1": "handed in nothing",
    }
    assert rows["right"]["why-scale (2)"] == ""
    assert rows["no-words"]["why-scale (2)"] == "0.0"
    assert (root / "grades" / f"{NAME}.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def with_metadata(entry, student, **cell):
    """Return a submission whose metadata are no metadata."""
    notebook = json.loads(entry.content)
    notebook["metadata"] |= {"kernelspec": 3, "language_info": [1], "title": 3}
    notebook["cells"][3]["metadata"] |= {"name": [1], "tags": 3, "scrolled": 7, "jupyter": 3}
    notebook["cells"][3] |= {"id": "no id", "execution_count": "x"}
    return hell.Entry(student, json.dumps(notebook).encode(), None, "")


def test_odd_metadata_cost_nothing(root, entries):
    hand_in(root, with_metadata(entries["right"], "odd"))
    grade(root)
    assert (row(root, "odd")["points"], row(root, "odd")["notes"]) == ("12.0", "")
    list(Course(root).feedback(NAME))


def test_too_many_cells_are_not_graded(root, entries, monkeypatch):
    monkeypatch.setattr(files, "MAX_CELLS", 10)
    hand_in(root, entries["right"])
    grade(root)
    cells = len(json.loads(entries["right"].content)["cells"])
    assert row(root, "right")["state"] == (
        f"not graded: the notebook has {cells} cells, more than 10"
    )


def test_words_about_hidden_tests_cost_nobody_his_page(root, entries):
    mark = "### BEGIN HIDDEN TESTS"
    hand_in(root, changed(entries["right"], why_scale=mark, gradient=mark))
    grade(root)
    done = command(root, "feedback", NAME)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "1 pages written")
    page = (root / "feedback" / "right" / NAME / f"{NAME}.html").read_text("utf8")
    assert "BEGIN HIDDEN TESTS" in page
    assert "def oracle" not in page


def test_a_page_that_cannot_be_written_is_counted(root, entries):
    hand_in(root, entries["right"], entries["not-a-notebook"], entries["blank"])
    grade(root)
    (root / "autograded" / "right" / NAME / f"{NAME}.ipynb").write_text("{}")
    hand_in(root, changed(entries["blank"], by_hand="1"))
    done = command(root, "feedback", NAME)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "1 pages written, 1 not graded yet, 1 could not be"


def test_another_file_meets_other_inputs_and_the_same_file_the_same(root, entries):
    def lines():
        (root / "reports" / NAME / "blank.json").unlink(missing_ok=True)
        grade(root)
        return Course(root).report(NAME, "blank")["questions"]["gradient-check"]["lines"]

    wrong = "def gradient(theta, X, y):\n    return 0 * theta"
    hand_in(root, changed(entries["blank"], gradient=wrong))
    first = lines()
    assert lines() == first
    hand_in(root, changed(entries["blank"], gradient=f"{wrong}  # once more"))
    assert lines() != first


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_is_a_formula(cell):
    assert safe(cell) == f"'{cell}"


def test_numbers_stay_numbers():
    assert safe(-1.5) == -1.5


def test_a_grade_given_by_hand_outlives_a_regrade(root, entries):
    hand_in(root, entries["right"])
    grade(root)
    with Course(root).gradebook() as gradebook:
        text = gradebook.find_grade(hell.TEXT, NAME, NAME, "right")
        text.manual_score, text.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    assert row(root, "right")["state"] == "graded"
    hand_in(root, changed(entries["right"], rates="rates = []"))
    grade(root)
    found = row(root, "right")
    assert (found["why-scale (2)"], found["points"], found["state"]) == ("1.5", "10.5", "graded")
    # Another text was not read yet: the points stay, and the table says so until somebody has.
    for _ in range(2):
        hand_in(root, changed(entries["right"], why_scale="Because.", rates=f"rates = [{_}]"))
        grade(root)
        found = row(root, "right")
        assert found["why-scale (2)"] == "1.5"
        assert found["state"] == f"graded; changed since it was read: {hell.TEXT}"
    with Course(root).gradebook() as gradebook:
        text = gradebook.find_grade(hell.TEXT, NAME, NAME, "right")
        text.manual_score, text.needs_manual_grade = 0.5, False
        gradebook.db.commit()
    assert row(root, "right")["state"] == "graded"
    hand_in(root, changed(entries["right"], why_scale="Because."))
    grade(root)
    assert (row(root, "right")["points"], row(root, "right")["state"]) == ("12.5", "graded")


# stopped


def start(root):
    return subprocess.Popen(
        [sys.executable, "-m", "grading", "--course", str(root), "grade", NAME],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What runs in the background of a shell ignores the keyboard, and so would this.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_a_run_can_be_stopped_with_the_keyboard(root, entries):
    hand_in(root, *(entries[name] for name in FEW))
    process = start(root)
    assert "blank" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    lines, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on from here" in errors
    graded = len(lines.splitlines()) + 1
    wait_for(lambda: not processes(f"box-{process.pid}-"))
    again = f"{len(FEW) - graded} graded, {graded} were graded already"
    assert grade(root)[-1] == again


def without_chance(root):
    """Return the table of grades without the word on what the time bomb hit."""
    rows = table(root)
    for row in rows:
        if row["student"] == "time-bomb":
            assert "judged without other answers" in row.pop("notes")
    return rows


def test_killed_ten_times_and_resumed_the_grades_are_the_same(root, entries, tmp_path):
    hand_in(root, *(entries[name] for name in FEW))
    grade(root)
    expected = without_chance(root)
    assert len(expected) == len(FEW)

    other = tmp_path / "killed"
    shutil.copytree(root / "source", other / "source")
    Course(other).release([NAME])
    shutil.copy(root / ".secret", other)
    hand_in(other, *(entries[name] for name in FEW))
    dice = random.Random(1)
    reports = other / "reports" / NAME
    moments, killed = [], []
    while len(moments) < 10:
        # There shall be work left whenever it is killed, so some of it is taken back.
        done = sorted(reports.glob("*.json"))
        for path in dice.sample(done, max(len(done) - dice.randint(0, 5), 0)):
            path.unlink()
        process = start(other)
        # Half of them behind the first submission, and half at any time before.
        if dice.random() < 0.5:
            process.stdout.readline()
            time.sleep(dice.uniform(0, 2))
        else:
            time.sleep(dice.uniform(0, 6))
        process.kill()
        _, errors = process.communicate()
        # One that was faster than the dice does not count.
        if process.returncode != -signal.SIGKILL:
            assert process.returncode == 0, errors
            continue
        killed.append(process.pid)
        moments.append(len(list(reports.glob("*.json"))))
        wait_for(lambda process=process: not processes(f"box-{process.pid}-"))
    print(f"\nkilled when so many were graded: {moments}")
    last = start(other)
    lines, errors = last.communicate(timeout=120)
    assert last.returncode == 0, errors
    assert without_chance(other) == expected
    with Course(other).gradebook() as gradebook:
        students = [entry.student.id for entry in gradebook.assignment_submissions(NAME)]
        for student in students:
            grades = gradebook.find_submission_notebook(NAME, NAME, student).grades
            assert sorted(grade.name for grade in grades) == sorted([*CHECKS, hell.TEXT])
    assert sorted(students) == sorted(set(FEW) - {"not-a-notebook"})
    # What the killed ones left in the folder for sockets is gone as well.
    assert [path for pid in killed for path in Path("/tmp").glob(f"box-{pid}-*")] == []
