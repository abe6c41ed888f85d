import os
import stat
import struct
import unicodedata
import warnings
import zipfile

import pytest
from grading import collection
from grading.collection import MAX_BYTES, CollectionError, choose, identifier, read

NAME = "gradient_descent"


def in_folder(root, files):
    for age, (name, content) in enumerate(files.items()):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (1e9 + 100 * age,) * 2)
    return root


def in_zip(root, files, method=zipfile.ZIP_DEFLATED, moment=None):
    path = root / "download.zip"
    with zipfile.ZipFile(path, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for age, (name, content) in enumerate(files.items()):
            entry = zipfile.ZipInfo(name, moment or (2026, 3, 1, 10, age, 0))
            entry.compress_type = method
            archive.writestr(entry, content)
    return path


@pytest.fixture(params=["folder", "zip"])
def pack(request, tmp_path):
    """Give a function that packs files, named by their paths."""
    root = tmp_path / "download"
    root.mkdir()
    return lambda files: (in_folder if request.param == "folder" else in_zip)(root, files)


def chosen(source, nameless=()):
    submissions, without = choose(read(source), NAME)
    assert without == list(nameless)
    return {s.student: s for s in submissions}


def contents(source):
    return {student: s.content for student, s in chosen(source).items()}


def test_moodles_folders(pack):
    source = pack(
        {
            "Alice Smith_123_assignsubmission_file_/gradient_descent.ipynb": b"a",
            "李 明_124_assignsubmission_file_/my work.ipynb": b"b",
            "O'Neil, Bob_125_assignsubmission_file/sub/gradient_descent (1).ipynb": b"c",
            "O'Neil, Bob_125_assignsubmission_onlinetext/onlinetext.html": b"<p>hello",
        }
    )
    assert contents(source) == {"Alice_Smith": b"a", "李_明": b"b", "O_Neil_Bob": b"c"}


def test_moodles_prefixes(pack):
    source = pack(
        {
            "Alice Smith_123_assignsubmission_file_gradient_descent.ipynb": b"a",
            "Alice Smith_124_assignsubmission_file_gradient_descent.ipynb": b"b",
        }
    )
    assert contents(source) == {"Alice_Smith_123": b"a", "Alice_Smith_124": b"b"}


def moodle(*names):
    """Return the files of an export from Moodle."""
    return {f"{name}_assignsubmission_file_/x.ipynb": name.encode() for name in names}


def test_moodles_numbers_tell_namesakes_apart_and_are_dropped_otherwise(pack):
    submissions = chosen(pack(moodle("Li Wei_7", "Li Wei_8", "Ann_9")))
    assert {s.student: (s.content, s.otherwise) for s in submissions.values()} == {
        "Li_Wei_7": (b"Li Wei_7", "Li_Wei"),
        "Li_Wei_8": (b"Li Wei_8", "Li_Wei"),
        "Ann": (b"Ann_9", "Ann_9"),
    }
    assert not any(s.note for s in submissions.values())


def test_names_that_only_look_alike_are_no_namesakes(pack):
    names = {s.content: name for name, s in chosen(pack(moodle("Li Wei_7", "Li, Wei_8"))).items()}
    assert len(set(names.values())) == 2
    # Next week they have other numbers and the same names.
    assert not any("7" in name[:6] or "8" in name[:6] for name in names.values())


def test_a_student_whose_name_is_anothers_with_a_number_stays_apart(pack):
    names = moodle("Li_7", "Li_8", "Li_8_9")
    assert sorted(contents(pack(names)).values()) == sorted(names.values())


@pytest.mark.parametrize("top", ["", "submissions/"])
def test_canvas(pack, top):
    source = pack(
        {
            f"{top}smithalice_11_501_gradient_descent.ipynb": b"a",
            f"{top}smithalice_12_502_gradient_descent-1.ipynb": b"b",
            f"{top}neilbob_LATE_13_503_gradient_descent-2.ipynb": b"c",
            f"{top}liming_14_504_作业.ipynb": b"d",
        }
    )
    assert contents(source) == {
        **{"smithalice_11": b"a", "smithalice_12": b"b"},
        **{"neilbob_13": b"c", "liming_14": b"d"},
    }


def test_the_later_upload_to_canvas_counts_where_the_times_are_equal(tmp_path):
    files = {
        "smithalice_11_99_gradient_descent.ipynb": b"first",
        "smithalice_11_101_gradient_descent.ipynb": b"third",
        "smithalice_11_100_gradient_descent.ipynb": b"second",
        "neilbob_LATE_12_7_gradient_descent-10.ipynb": b"third",
        "neilbob_LATE_12_7_gradient_descent-9.ipynb": b"second",
        "neilbob_LATE_12_7_gradient_descent.ipynb": b"first",
    }
    source = in_zip(tmp_path, files, moment=(2026, 3, 1, 10, 0, 0))
    assert contents(source) == {"smithalice_11": b"third", "neilbob_12": b"third"}


FOLDERS = {
    "alice/gradient_descent.ipynb": b"a",
    "bob/work/gradient_descent.ipynb": b"b",
    "carol/work/gradient_descent.ipynb": b"c",
    "Dora, the second/gradient_descent/gradient_descent.ipynb": b"d",
}
STUDENTS = {"alice": b"a", "bob": b"b", "carol": b"c", "Dora_the_second": b"d"}


@pytest.mark.parametrize("top", ["", "course/", "gradient_descent/", "a/b/"])
def test_one_folder_for_each_student(pack, top):
    assert contents(pack({top + name: content for name, content in FOLDERS.items()})) == STUDENTS


FILES = {
    "gradient_descent_alice.ipynb": b"a",
    "bob.ipynb": b"b",
    "Carol Li - Gradient Descent (2).ipynb": b"c",
    "GRADIENT_DESCENT-dora-Copy1.ipynb": b"d",
    "group-1.ipynb": b"e",
    "group-2.ipynb": b"f",
    "王小明_gradient-descent.ipynb": b"g",
    "mygradient_descents.ipynb": b"h",
}


@pytest.mark.parametrize("top", ["", "download/"])
def test_one_file_for_each_student(pack, top):
    assert contents(pack({top + name: content for name, content in FILES.items()})) == {
        **{"alice": b"a", "bob": b"b", "Carol_Li": b"c", "dora": b"d"},
        **{"group-1": b"e", "group-2": b"f", "王小明": b"g", "mygradient_descents": b"h"},
    }


def test_a_folder_named_like_the_exercises_is_no_student(pack):
    files = {"gradient_descent/alice.ipynb": b"a", "gradient_descent/bob.ipynb": b"b"}
    assert contents(pack({**files, "carol.ipynb": b"c"})) == {
        **{"alice": b"a", "bob": b"b", "carol": b"c"}
    }


@pytest.mark.parametrize(
    "files",
    [
        {"alice/gradient_descent.ipynb": b"a"},
        {"alice/gradient_descent_final.ipynb": b"a"},
        {"alice/homework.ipynb": b"a", "alice/data.csv": b"1"},
        {"course/alice/homework.ipynb": b"a"},
        {"alice/gradient_descent/homework.ipynb": b"a"},
    ],
)
def test_the_folder_of_the_only_student_tells_his_name(pack, files):
    assert contents(pack(files)) == {"alice": b"a"}


def test_the_only_student_of_moodle_may_hand_in_several_notebooks(pack):
    folder = "Alice_12_assignsubmission_file_"
    assert contents(pack({f"{folder}/one.ipynb": b"a", f"{folder}/two.ipynb": b"b"})) == {
        "Alice": b"b"
    }


def test_students_whose_names_become_the_same_stay_apart_and_it_is_said(pack):
    files = {f"{name}/x.ipynb": name.encode() for name in ("Li Wei", "Li, Wei", "Li_Wei", "Ann")}
    submissions = chosen(pack(files))
    assert sorted(s.content for s in submissions.values()) == sorted(n[:-8].encode() for n in files)
    assert submissions["Li_Wei"].content == b"Li_Wei"
    assert [s.note for s in submissions.values() if "Li_Wei-" in s.student and s.note] == [
        f"{s.content.decode()!r} is also written otherwise, so he is {s.student} here"
        for s in submissions.values()
        if "Li_Wei-" in s.student
    ]
    assert submissions["Ann"].note == submissions["Li_Wei"].note == ""


def test_students_without_a_letter_stay_apart(pack):
    submissions = chosen(pack({"!!/x.ipynb": b"a", "??/x.ipynb": b"b"}))
    assert sorted(s.content for s in submissions.values()) == [b"a", b"b"]
    assert all(name.startswith("student-") for name in submissions)


def test_names_of_every_alphabet_can_be_folders():
    assert identifier("José María") == "José_María"
    assert identifier("कि") != identifier("का")
    assert identifier("../../etc/passwd") == "etc_passwd"
    assert identifier(" . ") == ""
    assert identifier("a@b.org") == "a@b.org"
    assert len(identifier("明" * 300).encode()) <= 255 - len(".ipynb") - 40


def test_a_name_is_the_same_however_a_system_writes_its_accents(tmp_path):
    files = {f"{unicodedata.normalize(form, 'José')}/x.ipynb": b"a" for form in ("NFC", "NFD")}
    assert list(contents(in_zip(tmp_path, files))) == [unicodedata.normalize("NFC", "José")]


def test_the_newest_notebook_counts(pack):
    source = pack(
        {
            "alice/gradient_descent.ipynb": b"old",
            "alice/gradient_descent-Copy1.ipynb": b"new",
            "alice/scratch.ipynb": b"other",
            "alice/.ipynb_checkpoints/gradient_descent-checkpoint.ipynb": b"no",
            "__MACOSX/alice/._gradient_descent.ipynb": b"no",
            "__MACOSX/alice/gradient_descent.ipynb": b"no",
            "alice/.DS_Store": b"no",
            "alice/~$gradient_descent.ipynb": b"no",
            "bob/third.ipynb": b"old",
            "bob/second.ipynb": b"new",
        }
    )
    submissions = chosen(source)
    assert {n: s.content for n, s in submissions.items()} == {"alice": b"new", "bob": b"new"}
    assert submissions["alice"].note == (
        "3 notebooks; the last one counts: gradient_descent-Copy1.ipynb"
    )
    assert submissions["bob"].note == "2 notebooks; the last one counts: second.ipynb"


def test_a_student_without_a_notebook_is_reported(pack):
    source = pack({"alice/x.ipynb": b"a", "bob/work.pdf": b"p", "bob/work.py": b"q"})
    submissions = chosen(source)
    assert submissions["bob"].content is None
    assert submissions["bob"].note == "no notebook among the files: work.pdf, work.py"


def test_a_file_that_tells_no_student_is_reported(pack):
    assert list(chosen(pack({f"{NAME}.ipynb": b"a", "bob.ipynb": b"b"}), [f"{NAME}.ipynb"])) == [
        "bob"
    ]


def test_an_empty_source_has_no_submissions(tmp_path):
    (tmp_path / "folder" / "alice").mkdir(parents=True)
    assert choose(read(tmp_path / "folder"), NAME) == ([], [])
    assert choose(read(in_zip(tmp_path, {})), NAME) == ([], [])


@pytest.mark.parametrize("name", ["nothing", "text.zip"])
def test_what_is_neither_a_folder_nor_a_zip_is_refused(tmp_path, name):
    (tmp_path / "text.zip").write_text("hello")
    with pytest.raises(CollectionError, match="neither a folder nor a zip: give the one you"):
        list(read(tmp_path / name))


def test_a_damaged_zip_is_refused(tmp_path):
    path = in_zip(tmp_path, {"alice/x.ipynb": b"a" * 1000})
    data = bytearray(path.read_bytes())
    directory = data.index(b"PK\x01\x02")
    data[directory : directory + 4] = b"xxxx"
    path.write_bytes(data)
    with pytest.raises(CollectionError, match="damaged: download it again"):
        list(read(path))


UNREADABLE = "alice/x.ipynb is too large, damaged or no plain file"


def test_links_and_pipes_are_not_followed(tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_text("secret")
    root = in_folder(tmp_path / "all", {"bob/x.ipynb": b"b"})
    (root / "alice").mkdir()
    (root / "alice" / "x.ipynb").symlink_to(secret)
    (root / "carol").symlink_to(tmp_path)
    os.mkdir(root / "dora")
    os.mkfifo(root / "dora" / "x.ipynb")
    submissions = chosen(root)
    assert submissions["alice"].note == UNREADABLE
    assert {n: s.content for n, s in submissions.items()} == {
        **{"alice": None, "bob": b"b", "carol": None, "dora": None}
    }


def test_a_link_in_a_zip_is_no_notebook(tmp_path):
    path = tmp_path / "download.zip"
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("alice/x.ipynb")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "../secret.ipynb")
    assert chosen(path)["alice"].note == UNREADABLE


def test_a_folder_that_may_not_be_read_does_not_stop_the_others(tmp_path, monkeypatch):
    root = in_folder(tmp_path / "all", {"alice/x.ipynb": b"a", "bob/x.ipynb": b"b"})
    whole = collection.Path.read_bytes

    def read_bytes(path):
        if "alice" in path.parts:
            raise PermissionError
        return whole(path)

    monkeypatch.setattr(collection.Path, "read_bytes", read_bytes)
    assert contents(root) == {"alice": None, "bob": b"b"}


def test_a_huge_file_is_not_read(pack, monkeypatch):
    monkeypatch.setattr(collection, "MAX_BYTES", 1000)
    submissions = chosen(pack({"alice/x.ipynb": b"a" * 1001, "bob/x.ipynb": b"b" * 1000}))
    assert submissions["alice"].content is None
    assert submissions["alice"].note == UNREADABLE
    assert submissions["bob"].content == b"b" * 1000


def test_only_notebooks_are_read(pack):
    files = list(read(pack({"alice/x.ipynb": b"a", "alice/film.mp4": b"b" * 1000})))
    assert {file.path: file.content for file in files} == {
        "alice/x.ipynb": b"a",
        "alice/film.mp4": None,
    }


def test_the_newest_readable_notebook_counts_and_the_damaged_one_is_named(pack, monkeypatch):
    monkeypatch.setattr(collection, "MAX_BYTES", 10)
    files = {"alice/x.ipynb": b"good", "alice/y.ipynb": b"a" * 11, "bob/x.ipynb": b"b"}
    alice = chosen(pack(files))["alice"]
    assert alice.content == b"good"
    assert alice.note == (
        "alice/y.ipynb is too large, damaged or no plain file; "
        "2 notebooks; the last one counts: x.ipynb"
    )


def spoiled(path, field, size, value):
    """Change a field of the first entry, in its local header and in the directory."""
    data = bytearray(path.read_bytes())
    for start, offset in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        struct.pack_into(size, data, data.index(start) + field + offset, value)
    path.write_bytes(data)
    return path


TWO = {"alice/x.ipynb": b"a" * 5000, "bob/x.ipynb": b"b"}
FLAGS, METHOD, CRC, UNPACKED = (6, "<H"), (8, "<H"), (14, "<I"), (22, "<I")


@pytest.mark.parametrize(
    ("field", "value"), [(FLAGS, 1), (METHOD, 99), (METHOD, 12), (METHOD, 14), (CRC, 5)]
)
def test_an_encrypted_or_damaged_entry_is_one_students_trouble(tmp_path, field, value):
    path = spoiled(in_zip(tmp_path, TWO), *field, value)
    submissions = chosen(path)
    assert submissions["alice"].content is None
    assert submissions["alice"].note == UNREADABLE
    assert submissions["bob"].content == b"b"


METHODS = [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("at", [0, 9, 12])
def test_damaged_bytes_are_one_students_trouble(tmp_path, method, at):
    path = in_zip(tmp_path, TWO, method)
    data = bytearray(path.read_bytes())
    begin = data.index(b"alice/x.ipynb") + len("alice/x.ipynb") + at
    data[begin : begin + 8] = b"\xff" * 8
    path.write_bytes(data)
    assert contents(path) == {"alice": None, "bob": b"b"}


def test_a_bomb_does_not_go_off(tmp_path):
    bomb = {"alice/x.ipynb": bytes(4 * MAX_BYTES), "bob/x.ipynb": b"b"}
    path = in_zip(tmp_path, bomb)
    assert path.stat().st_size < 200_000
    assert contents(path) == {"alice": None, "bob": b"b"}
    # Also one that declares to be small.
    assert contents(spoiled(path, *UNPACKED, 100)) == {"alice": None, "bob": b"b"}


def test_names_that_lead_elsewhere_tell_no_student(tmp_path):
    names = ["../../x.ipynb", "/etc/x.ipynb", "alice/../../x.ipynb", "..\\x.ipynb"]
    path = in_zip(tmp_path, {**dict.fromkeys(names, b"no"), "bob/x.ipynb": b"b"})
    reported = [name.replace("\\", "/") for name in names]
    assert list(chosen(path, reported)) == ["bob"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["download.zip"]


def test_paths_as_windows_writes_them_are_understood(tmp_path):
    path = in_zip(tmp_path, {"all\\alice\\x.ipynb": b"a", "all\\bob\\x.ipynb": b"b"})
    assert contents(path) == {"alice": b"a", "bob": b"b"}


@pytest.mark.parametrize("name", ["", ".", "./", "/", "..", "a//", " "])
def test_a_name_that_is_none_does_no_harm(tmp_path, name):
    path = in_zip(tmp_path, {name: b"no", "bob/x.ipynb": b"b"})
    submissions, _ = choose(read(path), NAME)
    assert {s.student: s.content for s in submissions}["bob"] == b"b"


def test_a_name_in_no_encoding_is_one_that_files_can_hold(tmp_path):
    root = in_folder(tmp_path / "all", {"bob/x.ipynb": b"b"})
    folder = os.fsencode(root) + b"/al\xffice"
    os.mkdir(folder)
    for name in (b"/x.ipynb", b"/y\xff.ipynb"):
        with open(folder + name, "wb") as file:
            file.write(b"a")
    for student, submission in chosen(root).items():
        (student + submission.note).encode("utf8")
