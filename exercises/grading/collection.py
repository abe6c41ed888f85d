"""Reads submissions as learning platforms hand them out: a folder or a zip, oddly named.

Understood are the exports of Moodle (a folder or a prefix ``Name_123_assignsubmission_file_``) and
Canvas (``name_[LATE_]123_456_file.ipynb``), one folder for each student, and one file for each
student.
"""

from __future__ import annotations

import hashlib
import lzma
import re
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MOODLE = re.compile(
    r"(?P<student>.+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)(?:_.*)?"
)
CANVAS = re.compile(r"(?P<student>[^_]+)_(?:LATE_)?(?P<number>\d+)_(?P<upload>\d{1,20})_.+")
# What browsers, file managers and Jupyter append. Not "-1": that can be a group's number.
COPY = re.compile(r"([ _-]*\(\d+\)|[ _-]+copy\d*)+$", re.IGNORECASE)
VERSION = re.compile(r"(?:-|\(|copy)(\d{1,9})\)?\.ipynb$", re.IGNORECASE)
MAX_BYTES = 20_000_000
NAME_BYTES = 150  # a file's name has at most 255, and nbgrader appends to it
IGNORED = re.compile(r"(^|/)(\.(?!\.?/)|__MACOSX|~\$|Thumbs\.db|desktop\.ini)")


class CollectionError(ValueError):
    """The submissions cannot be read as a whole; the message says what to do."""


@dataclass(frozen=True)
class Handed:
    """A file that somebody handed in.

    Attributes
    ----------
    path : str
        Where it was, for messages.
    time : float
        When it was last changed, in seconds; only compared with others of the same source.
    content : bytes or None
        None if it is no notebook, too large, damaged or no plain file.
    """

    path: str
    time: float
    content: bytes | None


def read(source: Path) -> Iterator[Handed]:
    """Read all files of a folder or a zip.

    Nothing is unpacked to the disk, so that no name in a zip can lead anywhere.

    Raises
    ------
    CollectionError
        If `source` is neither.
    """
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            name = printable(path.relative_to(source).as_posix())
            if path.is_dir() and not path.is_symlink() or IGNORED.search(name):
                continue
            yield Handed(name, path.lstat().st_mtime, content_of(path))
    elif zipfile.is_zipfile(source):
        try:
            archive = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
            raise CollectionError(f"{source} is damaged: download it again ({error})") from error
        with archive:
            for entry in archive.infolist():
                # Some programs on Windows write the paths in their own way.
                name = printable(entry.filename.replace("\\", "/"))
                if name.endswith("/") or IGNORED.search(name):
                    continue
                year, month, day, hour, minute, second = entry.date_time
                order = (
                    ((year * 12 + month) * 31 + day) * 86400 + hour * 3600 + minute * 60 + second
                )
                yield Handed(name, float(order), content_in(archive, entry))
    else:
        raise CollectionError(
            f"{source} is neither a folder nor a zip: give the one you downloaded"
        )


def content_of(path: Path) -> bytes | None:
    """Return the content of a notebook in a folder, if it can be read."""
    try:
        plain = path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_BYTES
        return path.read_bytes() if plain and path.suffix.lower() == ".ipynb" else None
    # Somebody's file that the system will not give is his trouble, not the course's.
    except OSError:
        return None


def content_in(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | None:
    """Return the content of a notebook in a zip, if it can be read."""
    is_link = (entry.external_attr >> 28) == 0xA
    if entry.file_size > MAX_BYTES or is_link or not entry.filename.lower().endswith(".ipynb"):
        return None
    try:
        with archive.open(entry) as file:
            # The size that a zip declares need not be true.
            content = file.read(MAX_BYTES + 1)
    # An encrypted or damaged entry is one student's trouble, not the course's.
    except (
        *(RuntimeError, EOFError, OSError, ValueError),
        *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    ):
        return None
    return content if len(content) <= MAX_BYTES else None


def printable(name: str) -> str:
    """Return a file's name in characters that every text can hold."""
    return unicodedata.normalize("NFC", name.encode("utf8", "replace").decode("utf8"))


def student_of(path: str, assignment: str) -> str | None:
    """Return who handed in a file, as the platform writes it; None if the path does not tell.

    Parameters
    ----------
    path : str
        Within the folder or the zip, with ``/``, without a folder that holds everything.
    assignment : str
        Name of the assignment, which students leave in their files' names.
    """
    parts = PurePosixPath(path).parts
    if not parts or ".." in parts or path.startswith("/"):
        return None
    for part in parts:
        if match := MOODLE.fullmatch(part):
            return f"{match['student']}_{match['number']}"
    if match := CANVAS.fullmatch(parts[-1]):
        return f"{match['student']}_{match['number']}"
    # Of the folders the outermost is the student's, whatever he has inside.
    for folder in parts[:-1]:
        if folder != assignment:
            return folder
    stem = COPY.sub("", PurePosixPath(parts[-1]).stem)
    title = re.escape(assignment).replace("_", "[ _-]?")
    stem = re.sub(rf"(?:^|[ _-]+){title}(?:[ _-]+|$)", "_", stem, flags=re.IGNORECASE)
    return COPY.sub("", stem).strip(" _-") or None


def without_top(paths: list[str], assignment: str) -> int:
    """Return how many folders hold everything, as those of a zip often do.

    Parameters
    ----------
    paths : list of str
        Of all files.
    assignment : str
        Name of the assignment.
    """
    split = [PurePosixPath(path).parts for path in paths]
    top = 0
    while all(len(parts) > top + 1 for parts in split):
        if len({parts[top] for parts in split}) > 1 or MOODLE.fullmatch(split[0][top]):
            break
        inside = [parts[top + 1 :] for parts in split if parts[-1].lower().endswith(".ipynb")]
        in_folders = all(set(parts[:-1]) - {assignment} for parts in inside)
        students = {student_of("/".join(parts), assignment) for parts in inside} - {None}
        # Otherwise the one folder is that of the only student.
        if not inside or not in_folders and len(students) < 2:
            break
        top += 1
    return top


def identifier(name: str) -> str:
    """Return a name that can be a folder's, of any alphabet."""
    kept = [c if c in "_.@-" or unicodedata.category(c)[0] in "LNM" else "_" for c in name]
    short = re.sub("_+", "_", "".join(kept)).strip("._").encode()[:NAME_BYTES]
    return short.decode("utf8", "ignore").strip("._")


def identifiers(names: set[str]) -> dict[str, str]:
    """Return an identifier for each student, different ones for different students.

    Parameters
    ----------
    names : set of str
        As the platform writes them.
    """
    alike: dict[str, list[str]] = {}
    for name in sorted(names):
        alike.setdefault(identifier(name), []).append(name)
    result = {}
    for short, group in alike.items():
        for name in group:
            mark = hashlib.sha256(name.encode()).hexdigest()[:6]
            # Whoever is written like his identifier keeps it.
            alone = short and (len(group) == 1 or name == short)
            result[name] = short if alone else f"{short or 'student'}-{mark}"
    return result


def without_numbers(paths: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Take Moodle's numbers, which are others for each assignment, off the names that allow it.

    Parameters
    ----------
    paths : dict
        For each name, as the platform writes it, the path of a file.

    Returns
    -------
    dict
        For each of them the name, which keeps the number if there is a namesake, and the name that
        it would be otherwise, empty if there is none.
    """
    short = {}
    for name, path in paths.items():
        matches = filter(None, map(MOODLE.fullmatch, PurePosixPath(path).parts))
        short[name] = next((match["student"] for match in matches), name)
    often = Counter([*short.values(), *(name for name in short if short[name] != name)])
    return {
        name: (name, "") if one == name else (one, name) if often[one] == 1 else (name, one)
        for name, one in short.items()
    }


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Attributes
    ----------
    student : str
        His name in the course.
    content : bytes or None
        The notebook; None if there was none.
    note : str
        What was unusual; empty if nothing was.
    otherwise : str
        The name that he would have with a namesake, or without his; empty if it is the same.
    """

    student: str
    content: bytes | None
    note: str
    otherwise: str = ""


def choose(files: Iterator[Handed], assignment: str) -> tuple[list[Submission], list[str]]:
    """Find each student's notebook.

    Parameters
    ----------
    files : iterator of Handed
        All files.
    assignment : str
        Name of the assignment.

    Returns
    -------
    submissions : list of Submission
        One for each student, by name.
    nameless : list of str
        Paths of files that tell no student.
    """
    files = list(files)
    top = without_top([file.path for file in files], assignment) if files else 0
    of: dict[str, list[Handed]] = {}
    nameless = []
    for file in files:
        inside = "/".join(PurePosixPath(file.path).parts[top:])
        student = student_of(inside, assignment)
        if student:
            of.setdefault(student, []).append(file)
        else:
            nameless.append(file.path)
    submissions = []
    names = without_numbers({name: handed[0].path for name, handed in of.items()})
    known_as = identifiers({name for name, _ in names.values()})
    for platform, handed in sorted(of.items()):
        name, otherwise = names[platform]
        student = known_as[name]
        content, notes = newest(handed, assignment)
        if student != identifier(name):
            notes.insert(0, f"{name!r} is also written otherwise, so he is {student} here")
        submissions.append(Submission(student, content, "; ".join(notes), identifier(otherwise)))
    return submissions, nameless


def newest(handed: list[Handed], assignment: str) -> tuple[bytes | None, list[str]]:
    """Choose a student's notebook among his files, and say what was unusual."""
    notebooks = [file for file in handed if file.path.lower().endswith(".ipynb")]
    if not notebooks:
        names = ", ".join(file.path.rsplit("/", 1)[-1] for file in handed)
        return None, [f"no notebook among the files: {names}"]
    title = assignment.lower()
    named = [file for file in notebooks if title in file.path.rsplit("/", 1)[-1].lower()]
    candidates = named or notebooks
    notes = [
        f"{file.path} is too large, damaged or no plain file"
        for file in candidates
        if file.content is None
    ]
    last = max(
        candidates, key=lambda file: (file.content is not None, file.time, *version(file.path))
    )
    if last.content is not None and len(notebooks) > 1:
        name = last.path.rsplit("/", 1)[-1]
        notes.append(f"{len(notebooks)} notebooks; the last one counts: {name}")
    return last.content, notes


def version(path: str) -> tuple[int, int, str]:
    """Return what tells which of two files of the same time is newer."""
    name = path.rsplit("/", 1)[-1]
    upload, number = CANVAS.fullmatch(name), VERSION.search(name)
    return int(upload["upload"]) if upload else 0, int(number[1]) if number else 0, path
