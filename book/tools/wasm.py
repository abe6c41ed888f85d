"""Compile the playground's kernel: ``make wasm``.

The module travels in the repository, as base64 in a JavaScript module, beside the checksum of the
source that it was made of. So a compiler is needed only after a change of the source.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "src" / "helpers" / "client_figures" / "playground" / "engine"
SOURCE = ENGINE / "kernel.c"
MODULE = ENGINE / "wasm.js"
# The compiler has an environment of its own: nothing else needs it.
HOME = ROOT / "_build" / "wasm"
COMPILER = "ziglang==0.17.0"
OPTIONS = [
    "-target", "wasm32-freestanding", "-mcpu=generic+simd128", "-O3", "-std=c11", "-Wall",
    "-Wextra", "-Werror", "-fno-builtin", "-fno-math-errno", "-nostdlib", "-Wl,--no-entry",
    "-Wl,--strip-all", "-Wl,-z,stack-size=4096", "-Wl,--export-memory",
]  # fmt: skip
TEMPLATE = """\
// Made of kernel.c by `make wasm`: WebAssembly as base64, and the source's SHA-256.

export const KERNEL_SOURCE_SHA256 =
  "{checksum}";
export const KERNEL_BASE64 = `
{text}
`;
"""


def checksum() -> str:
    """Return the SHA-256 of the kernel's source."""
    return hashlib.sha256(SOURCE.read_bytes()).hexdigest()


def install() -> list[str]:
    """Return the command that compiles C, installed if necessary."""
    python = HOME / "bin" / "python"
    if not (HOME / COMPILER).exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", HOME], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", COMPILER], check=True)
        (HOME / COMPILER).touch()
    return [str(python), "-m", "ziglang", "cc"]


def build() -> bytes:
    """Compile the kernel and return the module."""
    output = HOME / "kernel.wasm"
    command = [*install(), *OPTIONS, str(SOURCE), "-o", str(output)]
    caches = {f"ZIG_{kind}_CACHE_DIR": str(HOME / "cache") for kind in ("GLOBAL", "LOCAL")}
    subprocess.run(command, check=True, env={**os.environ, **caches})
    return output.read_bytes()


def main() -> None:
    """Compile the kernel and write the JavaScript module."""
    module = build()
    text = base64.b64encode(module).decode()
    lines = "\n".join(text[i : i + 96] for i in range(0, len(text), 96))
    MODULE.write_text(TEMPLATE.format(checksum=checksum(), text=lines), encoding="utf8")
    packed = len(gzip.compress(module))
    print(f"{MODULE.relative_to(ROOT)}: {len(module)} bytes, {packed} compressed")


if __name__ == "__main__":
    main()
