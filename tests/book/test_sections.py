"""The text that the search reads from written pages."""

import pytest
from site_extension.sections import formula, read_sections

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow>{}</mrow>{}</semantics></math>'
SOURCE = '<annotation encoding="application/x-tex">\\tex</annotation>'


def math(inner):
    return MATH.format(inner, SOURCE)


def inline(inner):
    html = '<span class="katex-html"><span class="base"><span>twice</span></span></span>'
    mathml = f'<span class="katex-mathml">{math(inner)}</span>'
    return f'<span class="math"><span class="katex">{mathml}{html}</span></span>'


PAGE = f"""<html><body><nav>Menu</nav><article class="bd-article">
<section id="one"><h1>One<a class="headerlink" href="#one">#</a></h1>
<p>First {inline("<mi>x</mi>")}, then <em>words</em>.</p>
<div class="math" id="eq"><span class="eqno">(1)</span>{inline("<mi>y</mi>")}</div>
<section id="two"><h2>Two <code>code</code></h2>
<div class="cell_input"><pre>secret = 1</pre></div>
<div class="claim"><strong class="claim-verdict">Holds:</strong>
<span class="claim-statement">It <span>holds</span>.</span><a class="claim-link">¶</a><br>
<small>measured: <span class="claim-measured">7</span></small></div>
<details><summary>Show the answer</summary><p>hidden</p></details>
<table><thead><tr><th>Head</th></tr></thead><tr><td><p>a</p></td><td>b</td></tr></table>
<figure-sweep id="f"><svg><title>drawing</title></svg><label>slider</label></figure-sweep>
<figcaption>Figure 1. A caption.</figcaption></section>
<p>After the inner section.</p></section></article><footer>Foot</footer></body></html>"""


def test_sections_are_read_without_what_is_hidden():
    one, two = read_sections(PAGE)
    assert (one.anchor, one.title, two.anchor, two.title) == ("one", "One", "two", "Two code")
    assert one.text == "First x, then words.\nAfter the inner section."
    assert two.text == "a · b\nFigure 1. A caption."
    assert (one.claims, two.claims) == ([], ["It holds."])


@pytest.mark.parametrize(("inner", "text"), [
    ("<msub><mi>λ</mi><mi>max</mi></msub>", "λmax"),
    ("<mfrac><mn>2</mn><mi>λ</mi></mfrac>", "2/λ"),
    ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></mfrac>", "(a + b)/c"),
    ("<msqrt><mi>d</mi></msqrt>", "√d"),
    ("<msup><mn>10</mn><mrow><mo>−</mo><mn>4</mn></mrow></msup>", "10⁻⁴"),
    ("<msup><mi>e</mi><mrow><mo>−</mo><mi>z</mi></mrow></msup>", "e^(−z)"),
    ("<mo>−</mo><mn>3</mn>", "−3"),
    ("<mi>a</mi><mo>−</mo><mi>b</mi><mo>=</mo><mn>0</mn>", "a − b = 0"),
    ("<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>", "xᵢ²"),
    ("<mover><mi>m</mi><mo>^</mo></mover>", "m\u0302"),
])  # fmt: skip
def test_formulas_are_typed_in_one_line(inner, text):
    assert formula(math(inner)) == text
