"""What nbgrader's cycle does differently here: stubs, restored marks, a sandbox and a judge.

``nbgrader_config.py`` puts these classes into nbgrader's lists.
"""

from __future__ import annotations

import atexit
import hashlib
import html
import json
import os
import re
from pathlib import Path

import bleach
import nbformat
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.filters.markdown_mistune import (
    InvalidNotebook,
    IPythonRenderer,
    MarkdownWithMath,
)
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from tools.regions import split
from traitlets import Bool, Unicode

from .examination import Examination
from .kernel import MODULES
from .pool import Kernels
from .restoration import restore
from .sandbox import require

Converted = tuple[NotebookNode, ResourcesDict]
# What makes HTML of Markdown can take the square of a text's length: 1 s for 10,000 characters.
CELL_CHARACTERS = 10_000
PAGE_CHARACTERS = 30_000
TAGS = {
    *bleach.ALLOWED_TAGS,
    *("br", "dd", "del", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "p"),
    *("pre", "span", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr"),
}


class UseStubs(NbGraderPreprocessor):
    """Replaces each solution by its stub, as `tools.regions` describes."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> Converted:
        """Replace the solution, and keep the hidden tests, which nbgrader removes later."""
        regions = split(cell.source)
        if regions.solution:
            if not cell.metadata.get("nbgrader", {}).get("solution"):
                raise ValueError(f"{cell.get('id')} has a solution and is not marked as an answer")
            cell.source = regions.stub
        return cell, resources


class StripOutputs(NbGraderPreprocessor):
    """Leaves a released notebook without outputs, counts and the settings of the site."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> Converted:
        """Clear everything that a student's run fills in."""
        nb.metadata = nbformat.from_dict(
            {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
        )
        for cell in nb.cells:
            marks = cell.metadata.get("nbgrader")
            cell.metadata = nbformat.from_dict({"nbgrader": marks} if marks else {})
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        return nb, resources


class RestoreMarks(NbGraderPreprocessor):
    """Puts the released marks back on a submission before nbgrader reads it."""

    release = Unicode("release", help="Folder of the released notebooks").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> Converted:
        """Restore; what was amiss goes into the notebook, for the report."""
        names = resources["nbgrader"]
        path = Path(self.release, names["assignment"], f"{names['notebook']}.ipynb")
        for cell in nb.cells:
            # Half a pair of surrogates, which JSON can hold, fits into no file and no gradebook.
            cell.source = cell.source.encode("utf8", "replace").decode("utf8")
        notes = restore(nb, nbformat.read(path, as_version=4))
        nb.metadata["grading"] = {"notes": notes}
        return nb, resources


class ClearChecks(ClearHiddenTests):
    """Removes the hidden tests of the checks. Students may write what they like elsewhere."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> Converted:
        """Remove them if no student writes this cell."""
        if not cell.metadata.get("nbgrader", {}).get("locked"):
            return cell, resources
        return super().preprocess_cell(cell, resources, cell_index)


class Examine(NbGraderPreprocessor):
    """Runs the notebook in a sandbox and has the oracles judge it, not nbgrader's Execute."""

    trust_students = Bool(False, help="Run without a sandbox").tag(config=True)
    secret_file = Unicode(".secret", help="Where the course's secret is kept").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> Converted:
        """Run and judge; notes and verdicts go into the notebook, for the report."""
        names = resources["nbgrader"]
        # Whoever hands in another file meets other inputs: his feedback shows what these gave.
        sources = hashlib.sha256("\0".join(cell.source for cell in nb.cells).encode()).digest()
        parts = (self.secret(), names["student"].encode(), names["assignment"].encode(), sources)
        seed = hashlib.sha256(b"\0".join(parts)).digest()
        source = kernels(self.trust_students)
        source.modules = f"{MODULES}, torch" if uses_torch(nb) else MODULES
        examination = Examination(source, seed)
        verdicts = examination.run(nb)
        record = nb.metadata.setdefault("grading", {"notes": []})
        record["notes"] = [*record["notes"], *examination.notes]
        record["questions"] = {
            name: {"points": verdict.points, "lines": verdict.lines}
            for name, verdict in verdicts.items()
        }
        record["texts"] = {
            cell.metadata["nbgrader"]["grade_id"]: hashlib.sha256(cell.source.encode()).hexdigest()
            for cell in nb.cells
            if cell.cell_type != "code" and cell.metadata.get("nbgrader", {}).get("grade")
        }
        return nb, resources

    def secret(self) -> bytes:
        """Return the course's secret, made when it is first needed."""
        path = Path(self.secret_file)
        if not path.exists():
            new = path.with_name(f"{path.name}.{os.getpid()}")
            new.write_bytes(os.urandom(32).hex().encode())
            new.chmod(0o600)
            try:
                os.link(new, path)  # the first one to come stays
            except FileExistsError:
                pass
            new.unlink()
        return path.read_bytes()


def uses_torch(nb: NotebookNode) -> bool:
    """Tell whether a cell imports PyTorch, hidden tests aside."""
    # Only what no student writes is sure to be in the form of a check.
    sources = [
        split(cell.source).stub
        if cell.metadata.get("nbgrader", {}).get("locked")
        else cell.source
        for cell in nb.cells
        if cell.cell_type == "code"
    ]
    return any(re.search(r"^\s*(import|from) torch", text, re.MULTILINE) for text in sources)


@pass_context
def harmless_markdown(context: Context, source: str) -> str:
    """Return a text as HTML in which nothing can run. nbconvert leaves that to whoever shows it.

    Parameters
    ----------
    context : jinja2.runtime.Context
        Of the page's template; the cell in it can have pictures attached.
    source : str
        Markdown of a student's.
    """
    source = re.sub(r"(?<!\s)\s{101,}", lambda blanks: blanks[0][:100], source)
    page = context.get("resources", {})
    used = page["markdown_characters"] = page.get("markdown_characters", 0) + len(source)
    plain = f"<pre>{html.escape(source)}</pre>"
    if len(source) > CELL_CHARACTERS or used > PAGE_CHARACTERS:
        return plain
    attached = context.get("cell", {}).get("attachments", {})
    markdown = MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=attached))

    def is_harmless(tag: str, name: str, value: str) -> bool:
        if tag == "img":
            return name in ("src", "alt")
        return name == "class" or name == "href" and not value.strip().startswith("data:")

    protocols = {*bleach.ALLOWED_PROTOCOLS, "data"}
    try:
        return bleach.clean(markdown.render(source), TAGS, is_harmless, protocols)
    # A picture that is not attached, or brackets too deep for the parser.
    except (InvalidNotebook, RecursionError):
        return plain


_kernels: dict[bool, Kernels] = {}


def kernels(trusted: bool) -> Kernels:
    """Return the one source of kernels of this process.

    Parameters
    ----------
    trusted : bool
        Whether they run without the sandbox.

    Raises
    ------
    SandboxError
        If there is no sandbox on this machine.
    """
    if trusted not in _kernels:
        if not trusted:
            require()
        _kernels[trusted] = Kernels(trusted)
        atexit.register(_kernels[trusted].close)
    return _kernels[trusted]


def report_of(path: Path) -> dict:
    """Return what the classes above wrote into a graded notebook."""
    return json.loads(path.read_text("utf8"))["metadata"].get("grading", {})
