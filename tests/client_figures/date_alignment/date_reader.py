"""The network of the date figure in torch's own modules, to compare the browser's with."""

import numpy as np
import torch
from engine_page import engine
from torch import nn

from helpers.client_figures.date_alignment.figure import pack_weights, weight_shapes

MODULE = "date_alignment/engine.js"
ENGINE = engine(MODULE)
TRANSLATE = """([stored, texts, length]) => {
  const model = engine.loadModel(stored);
  return texts.map(text => engine.translate(model, [...text], length));
}"""
LETTERS, SYMBOLS = " ',./0123456789abcdefghij", "0123456789-"


def random_weights(n_letters, n_symbols, hidden, seed, scale=0.6):
    rng = np.random.default_rng(seed)
    return {
        name: rng.normal(0, scale, shape).astype(np.float32)
        for name, shape in weight_shapes(n_letters, n_symbols, hidden).items()
    }


def random_texts(letters, n, longest, seed):
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list(letters), rng.integers(1, longest + 1))) for _ in range(n)]


def torch_reader(weights):
    """Return torch's own GRU and GRU cell with these weights, in double precision."""
    w = {name: torch.tensor(value, dtype=torch.float64) for name, value in weights.items()}
    hidden = len(w["query"])
    read = nn.GRU(w["read"].shape[1], hidden, bidirectional=True).double()
    write = nn.GRUCell(len(w["write"]), hidden).double()
    with torch.no_grad():
        for k, end in enumerate(("", "_reverse")):
            getattr(read, f"weight_ih_l0{end}").copy_(w["read"][k].T)
            getattr(read, f"weight_hh_l0{end}").copy_(w["read_h"][k].T)
            getattr(read, f"bias_hh_l0{end}").copy_(w["read_b"][k])
            getattr(read, f"bias_ih_l0{end}").zero_()
        write.weight_ih.copy_(w["write"].T)
        write.weight_hh.copy_(w["write_h"].T)
        write.bias_hh.copy_(w["write_b"])
        write.bias_ih.zero_()
    return w, read, write


@torch.no_grad()
def torch_translate(weights, letters, symbols, text, length):
    """Return answer, weights (length, characters) and probabilities of the written characters."""
    w, read, write = torch_reader(weights)
    codes = torch.tensor([letters.index(c) for c in text])
    e, last = read(nn.functional.one_hot(codes, len(letters)).double())
    d = torch.tanh(last.flatten() @ w["start"])
    previous, answer, rows, chances = len(symbols), "", [], []
    for _ in range(length):
        x = nn.functional.one_hot(torch.tensor(previous), len(symbols) + 1).double()
        d = write(x[None], d[None])[0]
        rows.append((torch.tanh(d @ w["query"] + e @ w["key"]) @ w["score"]).softmax(0))
        p = (torch.cat([d, rows[-1] @ e]) @ w["out"] + w["out_b"]).softmax(0)
        previous = int(p.argmax())
        answer += symbols[previous]
        chances.append(float(p[previous]))
    return answer, torch.stack(rows).numpy(), np.array(chances)


def largest_difference(page, weights, letters, symbols, texts, length):
    """Return the largest difference of weights and probabilities; the answers must be equal."""
    hidden = len(weights["query"])
    stored = {"letters": letters, "symbols": symbols, "hidden": hidden,
              "weights": pack_weights(weights, len(letters), len(symbols), hidden)}
    largest = 0.0
    ours = page.evaluate(TRANSLATE, [stored, texts, length])
    for text, result in zip(texts, ours, strict=True):
        answer, rows, chances = torch_translate(weights, letters, symbols, text, length)
        if result["answer"] != answer:
            return np.inf
        largest = max(largest, np.abs(np.array(result["alignment"]) - rows).max(),
                      np.abs(np.array(result["certainty"]) - chances).max())
    return largest
