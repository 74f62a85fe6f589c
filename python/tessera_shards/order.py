"""The order in which an epoch visits the instances of a split, as Tessera's engine has it.

Blocks come in random order, and the instances of a block in random order, so that a block is read once. Any position
can be asked for without those before it.
"""

import numpy

from .philox import Streams, mix

_ROUNDS = 8
_ROW = numpy.zeros(1, numpy.int64)


class EpochOrder:
    """A function of (seed, epoch, split) and the sizes of the blocks."""

    def __init__(self, seed, epoch, split, firsts, count):
        """`split` is 0 for train, 1 for validation; `firsts` the first instance of each block, ascending from 0."""
        self._seed, self._name, self.count = int(seed), int(epoch) << 1 | split, int(count)
        firsts = numpy.asarray(firsts, numpy.int64)
        sizes = numpy.diff(numpy.append(firsts, count))
        blocks = list(range(len(firsts)))
        draws = Streams(seed, "block order", self._name)
        draws.reserve(2 * len(blocks))
        for last in range(len(blocks) - 1, 0, -1):
            other = int(draws.below(last + 1, _ROW)[0])
            blocks[last], blocks[other] = blocks[other], blocks[last]
        self._firsts, self._sizes = firsts[blocks], sizes[blocks]
        self._starts = numpy.concatenate([[0], numpy.cumsum(self._sizes)])
        self._permutations = {}

    def __len__(self):
        return self.count

    def __getitem__(self, positions):
        """The instances visited at `positions`, an array of places or one place."""
        places = numpy.asarray(positions, numpy.int64)
        if places.size and (places.min() < 0 or places.max() >= self.count):
            raise IndexError("a position beyond the epoch")
        blocks = numpy.searchsorted(self._starts, places, side="right") - 1
        found = numpy.empty(places.shape, numpy.int64)
        for block in numpy.unique(blocks):
            of_block = blocks == block
            found[of_block] = self._firsts[block] + self._permutation(block)[places[of_block] - self._starts[block]]
        return found

    def _permutation(self, block):
        if block not in self._permutations:
            if len(self._permutations) >= 64:
                self._permutations.clear()
            draws = Streams(self._seed, "order in block", self._name, int(self._firsts[block]))
            self._permutations[block] = permutation(int(self._sizes[block]), draws.long(_ROW)[0])
        return self._permutations[block]


def permutation(count, key):
    """A permutation of 0..<count: a Feistel network over the next power of four, walked until it falls into range."""
    half = 1
    while 1 << (2 * half) < count:
        half += 1
    half_bits, mask = numpy.uint64(half), numpy.uint64((1 << half) - 1)
    values = numpy.arange(count, dtype=numpy.uint64)
    outside = numpy.arange(count)
    while len(outside):
        values[outside] = _feistel(values[outside], numpy.uint64(key), half_bits, mask)
        outside = outside[values[outside] >= numpy.uint64(count)]
    return values.astype(numpy.int64)


def _feistel(values, key, half_bits, mask):
    left, right = values >> half_bits, values & mask
    for number in range(_ROUNDS):
        offset = numpy.uint64((int(key) + number * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF)
        mixed = mix(offset ^ right << numpy.uint64(40))
        left, right = right, left ^ (mixed >> numpy.uint64(20) & mask)
    return left << half_bits | right


def epoch_order(reader, seed, epoch, split="train"):
    """The order of an epoch over a split of a reader."""
    return EpochOrder(seed, epoch, 0 if split == "train" else 1, reader.first_instances(split), reader.count(split))
