"""Products of a question's vector with many, kept in half precision as the catalog has them.

One product is bound by reading the vectors, so that half of the bytes is half of the time, and SimSIMD multiplies them as they
are: 10 ms for 200,000 vectors of 384 dimensions, where float32 in BLAS takes 30. Rounded to 8 bits it takes 3 ms, and is right to
about .002, which is enough to choose those whose products are then taken in full. Many questions at once are bound by arithmetic, where
BLAS is best.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import simsimd

_MANY = 6  # questions from which on BLAS is faster, float32 made on the way
_BLOCK = 4096  # vectors made float32 at once: 6 MB, which stay in the cache
_MANY_ROUGH = 12  # the same of 8 bits
_ROUGH_BLOCK = 1024
_STEPS = 127  # of 8 bits to each side


@dataclass(frozen=True, slots=True)
class Rough:
    """Vectors rounded to 8 bits: int8 (m, d), each in steps of its own size, float32 (m,)."""

    values: np.ndarray
    steps: np.ndarray

    @classmethod
    def of(cls, matrix: np.ndarray) -> Rough:
        values, steps = np.empty(matrix.shape, np.int8), np.empty(len(matrix), np.float32)
        for start in range(0, len(matrix), _BLOCK):
            block = matrix[start : start + _BLOCK].astype(np.float32)
            steps[start : start + _BLOCK] = step = np.maximum(np.abs(block).max(axis=1), 1e-9) / _STEPS
            values[start : start + _BLOCK] = np.rint(block / step[:, None])
        return cls(values, steps)

    def product(self, vector: np.ndarray) -> np.ndarray:
        """What each row and a unit vector (d,) give, right to about .002: float32 (m,)."""
        step = np.float32(max(float(np.abs(vector).max()), 1e-9) / _STEPS)
        rounded = np.rint(vector / step).astype(np.int8)
        found = np.asarray(simsimd.cdist(rounded[None], self.values, "dot", out_dtype="float32"), np.float32).reshape(-1)
        found *= self.steps
        found *= step
        return found

    def multiply(self, vectors: np.ndarray, out: np.ndarray) -> None:
        """Write what `product` gives for each of these vectors (n, d) into `out`, float32 (n, m). Sums of products of 8 bits are whole
        numbers that float32 holds, so that BLAS gives the same."""
        if len(vectors) < _MANY_ROUGH:
            for number, vector in enumerate(vectors):
                out[number] = self.product(vector)
            return
        steps = np.maximum(np.abs(vectors).max(axis=1), 1e-9).astype(np.float32) / np.float32(_STEPS)
        rounded = np.rint(vectors / steps[:, None]).T.copy()
        block, found = np.empty((_ROUGH_BLOCK, self.values.shape[1]), np.float32), np.empty((_ROUGH_BLOCK, len(vectors)), np.float32)
        for start in range(0, len(self.values), _ROUGH_BLOCK):
            some = self.values[start : start + _ROUGH_BLOCK]
            np.copyto(block[: len(some)], some)
            np.matmul(block[: len(some)], rounded, out=found[: len(some)])
            np.multiply(found[: len(some)].T, self.steps[start : start + len(some)], out=out[:, start : start + len(some)])
        out *= steps[:, None]


def product(matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """What each row of `matrix`, float16 (m, d), and a vector (d,) give, which is rounded to half precision: float32 (m,)."""
    if not len(matrix):
        return np.zeros(0, np.float32)
    found = simsimd.cdist(vector.astype(np.float16)[None], matrix, "dot", out_dtype="float32")
    return np.asarray(found, np.float32).reshape(-1)


def products(matrix: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """What `product` gives for each of `vectors` (n, d), but for the order of its sums: float32 (n, m)."""
    if len(vectors) < _MANY:
        return np.stack([product(matrix, vector) for vector in vectors]) if len(vectors) else np.zeros((0, len(matrix)), np.float32)
    rounded = vectors.astype(np.float16).astype(np.float32)
    found = np.empty((len(vectors), len(matrix)), np.float32)
    for start in range(0, len(matrix), _BLOCK):
        found[:, start : start + _BLOCK] = rounded @ matrix[start : start + _BLOCK].astype(np.float32).T
    return found
