import pytest
from tools.regions import CODE_STUB, TEXT_STUB, split

CELL = """\
def step(theta, lr):
    before = 1
    ### BEGIN SOLUTION
    if lr:
        return theta - lr
    ### BEGIN STUB
    # if lr:
    #     return ...
    #
    # # a hint
    ### END SOLUTION


assert step(1, 0)
### BEGIN HIDDEN TESTS
def oracle(student, rng):
    yield 1
### END HIDDEN TESTS
"""


def marked(*lines):
    return "\n".join(lines)


def test_each_reader_gets_his_part_of_a_cell():
    regions = split(CELL)
    head, end = "def step(theta, lr):\n    before = 1\n", "\n\n\nassert step(1, 0)"
    answer = "    if lr:\n        return theta - lr"
    assert regions.solved == head + answer + end
    assert regions.stub == f"{head}    if lr:\n        return ...\n\n    # a hint{end}"
    assert regions.solution == answer
    assert regions.hidden == "def oracle(student, rng):\n    yield 1"


def test_a_cell_without_marks_is_the_same_for_all():
    regions = split("a = 1\n# a comment\n")
    assert regions.solved == regions.stub == "a = 1\n# a comment"
    assert regions.solution == regions.hidden == ""


@pytest.mark.parametrize("indent", ["", "    ", "\t"])
def test_an_answer_without_a_stub_gets_one_that_stands_where_the_answer_stood(indent):
    source = f"f()\n{indent}### BEGIN SOLUTION\n{indent}x\n{indent}### END SOLUTION\ng()"
    assert split(source).stub == f"f()\n{indent}{CODE_STUB}\ng()"


def test_a_text_has_marks_that_its_readers_do_not_see_and_a_stub_of_its_own():
    source = "<!-- BEGIN SOLUTION -->\n# Because\nit is so.\n<!-- END SOLUTION -->"
    regions = split(source)
    assert regions.solved == regions.solution == "# Because\nit is so."
    assert regions.stub == TEXT_STUB


def test_a_stub_of_text_keeps_its_headings():
    source = marked(
        "<!-- BEGIN SOLUTION -->",
        "a",
        "<!-- BEGIN STUB -->",
        "# Because",
        "...",
        "<!-- END SOLUTION -->",
    )
    assert split(source).stub == "# Because\n..."


def test_two_answers_in_a_cell_each_have_their_stub():
    one = "### BEGIN SOLUTION\na = 1\n### BEGIN STUB\n# a = ...\n### END SOLUTION"
    two = "  ### BEGIN SOLUTION\n  b = 2\n  ### END SOLUTION"
    regions = split(f"{one}\nmiddle\n{two}")
    assert regions.solution == "a = 1\n  b = 2"
    assert regions.solved == "a = 1\nmiddle\n  b = 2"
    assert regions.stub == f"a = ...\nmiddle\n  {CODE_STUB}"


def test_lines_of_windows_are_understood():
    assert split("### BEGIN SOLUTION\r\na\r\n### END SOLUTION\r\n").solution == "a"


@pytest.mark.parametrize(
    "source",
    [
        "Write between `### BEGIN SOLUTION` and `### END SOLUTION`.",
        "The begin of the solution is the end of the stub.",
        "# Begin the solution with the gradient",
        "### Solution",
        "text = '### BEGIN HIDDEN TESTS'",
    ],
)
def test_words_about_marks_are_no_marks(source):
    regions = split(source)
    assert regions.solved == regions.stub == source
    assert regions.solution == regions.hidden == ""


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["### END SOLUTION"], "'END SOLUTION' does not fit"),
        (["### BEGIN STUB"], "'BEGIN STUB' does not fit"),
        (["### END HIDDEN TESTS"], "'END HIDDEN TESTS' does not fit"),
        (["### BEGIN SOLUTION", "a"], "'BEGIN SOLUTION' has no end"),
        (["### BEGIN SOLUTION", "a", "### BEGIN STUB"], "'BEGIN STUB' has no end"),
        (["### BEGIN HIDDEN TESTS"], "'BEGIN HIDDEN TESTS' has no end"),
        (["### BEGIN SOLUTION", "### BEGIN SOLUTION"], "'BEGIN SOLUTION' does not fit"),
        (["### BEGIN SOLUTION", "### BEGIN HIDDEN TESTS"], "'BEGIN HIDDEN TESTS' does not fit"),
        (["### BEGIN SOLUTION", "### END STUB"], "'END STUB' does not fit"),
        (
            ["### BEGIN SOLUTION", "a", "### BEGIN STUB", "### BEGIN STUB"],
            "'BEGIN STUB' does not fit",
        ),
        (["### BEGIN HIDDEN TESTS", "### END SOLUTION"], "'END SOLUTION' does not fit"),
        (["### BEGIN SOLUTION", "", "### END SOLUTION"], "'BEGIN SOLUTION' has no solution"),
        (
            [
                *("### BEGIN SOLUTION", "a", "### END SOLUTION"),
                *("### BEGIN SOLUTION", "### END SOLUTION"),
            ],
            "'BEGIN SOLUTION' has no solution",
        ),
        (
            ["<!-- BEGIN SOLUTION -->", "a", "### END SOLUTION"],
            "'### END SOLUTION' is not written like the mark before it",
        ),
        (
            ["### BEGIN HIDDEN TESTS", "a", "<!-- END HIDDEN TESTS -->"],
            "'<!-- END HIDDEN TESTS -->' is not written like",
        ),
    ],
)
def test_marks_that_do_not_fit_together_are_named(lines, says):
    with pytest.raises(ValueError, match=says):
        split(marked(*lines))


@pytest.mark.parametrize(
    "mark",
    [
        *("## BEGIN SOLUTION", "###BEGIN SOLUTION", "#### BEGIN SOLUTION", "# BEGIN SOLUTION"),
        *("### begin solution", "### BEGIN SOLUTIONS", "### BEGIN  SOLUTION", "### BEGIN_SOLUTION"),
        *("### BEGIN SOLUTION -->", "<!-- BEGIN SOLUTION", "<!--BEGIN SOLUTION-->"),
        *("### BEGIN SOLUTION ###", "### BEGIN SOLUTION:", "## END STUB"),
        *("### BEGIN HIDDEN TEST", "### BEGIN HIDDENTESTS", "    ## BEGIN HIDDEN TESTS"),
    ],
)
def test_a_line_that_is_almost_a_mark_does_not_show_the_solution_silently(mark):
    with pytest.raises(ValueError, match="is almost a mark") as caught:
        split(f"a\n{mark}\nb")
    assert mark.strip() in str(caught.value)
