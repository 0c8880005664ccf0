"""What teaching changed in the weights of a model, small enough to be shipped beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors import safe_open


class Adapter:
    """A safetensors file that holds for a tensor NAME what is added to it, as it is or in steps: `NAME.steps`, int8 in the same shape,
    times `NAME.scale`, float32 of shape (rows, 1). Opening and reading raise SafetensorError and OSError."""

    def __init__(self, file: Path) -> None:
        self._file = safe_open(str(file), framework="numpy")
        self._names = set(self._file.keys())

    def get(self, name: str) -> np.ndarray | None:
        """What is added to a tensor, float32 in its shape; None where it stays as it is."""
        if name in self._names:
            return self._file.get_tensor(name).astype(np.float32)
        if f"{name}.steps" in self._names:
            return self._file.get_tensor(f"{name}.steps") * self._file.get_tensor(f"{name}.scale")
        return None
