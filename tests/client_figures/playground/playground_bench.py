"""Measure the playground's engine, beside a network of one object per unit and link.

``make bench`` runs it. Each setting differs from the first in one key; each is measured on a page
of its own, in turns with the reference, and the best of the turns counts: what else the machine
does can only slow a turn down.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from browser import launch
from engine_page import LOAD
from playwright.sync_api import sync_playwright
from test_playground_engine import DEFAULTS, ENGINE

REFERENCE = (Path(__file__).parent / "reference.js").read_text("utf8")
NETWORKS = {"2-4-2-1": [4, 2], "2-8-8-8-1": [8, 8, 8]}
ALL_FEATURES = ["x1", "x2", "x1_squared", "x2_squared", "x1x2", "sin_x1", "sin_x2"]
CHANGES = [
    {},
    *({"activation": name} for name in
      "sigmoid relu leaky_relu prelu elu gelu swish mish linear".split()),
    *({"optimizer": name} for name in
      "momentum nesterov adagrad rmsprop adam adamw".split()),
    {"regularization": "l1", "regularization_rate": 0.001},
    {"regularization": "l2", "regularization_rate": 0.001},
    {"batch_normalization": True},
    {"dropout": 0.2},
    *({"initialization": name} for name in "zero symmetric small kaiming uniform".split()),
    *({"batch_size": size} for size in (1, 2, 3, 50, 0)),
    {"features": ALL_FEATURES},
    {"problem": "regression", "data": "gaussians"},
    {"data": "spiral", "noise": 20, "train_share": 80},
]  # fmt: skip

# The best samples per second of the reference, the plain engine and the WebAssembly engine.
MEASURE = """async ([settings, source, turns, milliseconds]) => {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { ReferenceNetwork, referencePoints } = await import(url);
  const data = engine.makeData(settings);
  const count = data.train.length;
  const { layers } = engine.createNetwork(settings);
  const reference = new ReferenceNetwork(settings, layers);
  const points = referencePoints(data, settings.features);
  const plain = engine.createTrainer(settings, data, { wasm: false });
  const wasm = engine.createTrainer(settings, data);
  const runners = {
    reference: epochs => {
      for (let e = 0; e < epochs; e++) reference.runEpoch(points, data.train);
    },
    plain: epochs => plain.run(epochs),
    ...(wasm.engine === "wasm" && { wasm: epochs => wasm.run(epochs) }),
  };
  const best = {};
  const epochs = {};
  for (let turn = 0; turn <= turns; turn++) {
    for (const [name, run] of Object.entries(runners)) {
      let done = 0;
      let took = 0;
      const start = performance.now();
      do {
        run(epochs[name] ?? 20);
        done += epochs[name] ?? 20;
        took = performance.now() - start;
      } while (took < milliseconds);
      // The first turn warms up, and tells how many epochs fill half of one.
      if (turn === 0) epochs[name] = Math.ceil(done / 2);
      else best[name] = Math.max(best[name] ?? 0, (done * count * 1000) / took);
    }
  }
  if (plain.diverged || wasm.diverged) throw new Error("diverged");
  return best;
}"""


def describe(change):
    """Return a setting's name for the table."""
    def value(item):
        return "all" if item == ALL_FEATURES else item

    return ", ".join(f"{key} {value(item)}" for key, item in change.items()
                     if key != "regularization_rate") or "tanh, sgd, batch 10"


def environment(version):
    """Return the lines that say where the numbers come from."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines()
                 if line.startswith("model name")]
        model = f"{names[0]}, {platform.machine()}" if names else model
    load = f"; load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}; {model}; {os.cpu_count()} cores{load}; "
        f"{platform.system()} {platform.release()}; Chromium {version}"
    )


def main():
    """Print the tables; the exit status is 1 where the plain engine misses its figure.

    That is 3 times the reference, in batches of more than one sample.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=40, help="of each, after one to warm up")
    parser.add_argument("--milliseconds", type=int, default=6, help="that a turn takes")
    parser.add_argument("--only", default="", help="the settings whose name contains this")
    options = parser.parse_args()
    low = []
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        print(environment(chromium.version))
        engine = ENGINE.encode()
        print(f"engine: {len(gzip.compress(engine)) / 1000:.1f} kB compressed\n")
        for network, hidden in NETWORKS.items():
            print(f"{network}: samples per second (and times the reference)")
            print(f"{'':34}{'reference':>12}{'plain':>20}{'wasm':>20}")
            for change in CHANGES:
                if options.only not in describe(change):
                    continue
                # What one row learns about the code's types must not slow the next.
                page = chromium.new_page()
                page.evaluate(LOAD, ENGINE)
                best = page.evaluate(MEASURE, [
                    {**DEFAULTS, "hidden": hidden, **change}, REFERENCE, options.turns,
                    options.milliseconds,
                ])
                page.close()
                base = best["reference"]
                cells = [
                    f"{best[name]:12,.0f} ({best[name] / base:5.1f})" if name in best
                    else f"{'plain':>20}" for name in ("plain", "wasm")
                ]
                print(f"{describe(change):34}{base:12,.0f}{''.join(cells)}", flush=True)
                # In a batch of one there is nothing that could advance side by side.
                if best["plain"] < 3 * base and change.get("batch_size") != 1:
                    low.append(f"{network}, {describe(change)}")
            print()
        chromium.close()
    if low:
        sys.exit(f"The plain engine is less than 3 times as fast with: {'; '.join(low)}")


if __name__ == "__main__":
    main()
