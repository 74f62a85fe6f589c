"""Counter-based random numbers, many streams at once: Philox4x32-10 (Salmon et al. 2011).

A stream is named by a seed, a purpose and two numbers, as in Tessera's engine; the same names give the same numbers.
"""

import numpy

_MASK32 = numpy.uint64(0xFFFFFFFF)
_32 = numpy.uint64(32)


def purpose(word):
    """A 32-bit name for a use of random numbers: FNV-1a of the word."""
    value = 2_166_136_261
    for byte in word.encode():
        value = (value ^ byte) * 16_777_619 & 0xFFFFFFFF
    return value


def mix(values):
    """The finaliser of SplitMix64, a bijection of 64 bits, over an array of uint64."""
    z = values ^ (values >> numpy.uint64(30))
    z = z * numpy.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    return z ^ (z >> numpy.uint64(31))


def blocks(counters, key):
    """Philox4x32-10 over arrays: four counter words, each an array of uint64 below 2**32, give four such arrays."""
    c0, c1, c2, c3 = counters
    k0, k1 = key & 0xFFFFFFFF, key >> 32
    for _ in range(10):
        p0 = numpy.uint64(0xD2511F53) * c0
        p1 = numpy.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = ((p1 >> _32) ^ c1 ^ numpy.uint64(k0), p1 & _MASK32,
                          (p0 >> _32) ^ c3 ^ numpy.uint64(k1), p0 & _MASK32)
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3


class Streams:
    """A stream for each row of (a, b); every row counts its own draws."""

    def __init__(self, seed, name, a, b=0):
        a, b = numpy.broadcast_arrays(numpy.asarray(a, numpy.uint64), numpy.asarray(b, numpy.uint64))
        a, b = numpy.atleast_1d(a), numpy.atleast_1d(b)
        mixed = mix(a * numpy.uint64(0x9E3779B97F4A7C15) + mix(b + numpy.uint64(0xD1B54A32D192ED03)))
        self._key, self._purpose = int(seed), numpy.uint64(purpose(name))
        self._low, self._high = mixed & _MASK32, mixed >> _32
        self._words = numpy.zeros((len(mixed), 0), numpy.uint64)
        self._used = numpy.zeros(len(mixed), numpy.int64)

    def reserve(self, words):
        """Makes the first `words` words of every row."""
        have, want = self._words.shape[1] // 4, -(-int(words) // 4)
        if want <= have:
            return
        want = max(want, 2 * have)
        rows = len(self._low)
        counter = numpy.broadcast_to(numpy.arange(have, want, dtype=numpy.uint64), (rows, want - have))
        shape = counter.shape
        new = blocks((counter, numpy.broadcast_to(self._purpose, shape), numpy.broadcast_to(self._low[:, None], shape),
                      numpy.broadcast_to(self._high[:, None], shape)), self._key)
        new = numpy.stack(new, axis=-1).reshape(rows, -1)
        self._words = numpy.concatenate([self._words, new], axis=1)

    def word(self, rows):
        """The next 32 bits of each of `rows` (an array of row numbers, none twice)."""
        at = self._used[rows]
        if len(at) and at.max() >= self._words.shape[1]:
            self.reserve(at.max() + 1)
        self._used[rows] += 1
        return self._words[rows, at]

    def long(self, rows):
        """The next 64 bits."""
        low = self.word(rows)
        return low | self.word(rows) << _32

    def cursor(self, row):
        """One row's draws, one at a time; the other methods do not see what it took."""
        return Cursor(self, row)

    def words_of(self, row, count):
        """At least the first `count` words of a row, as plain numbers."""
        self.reserve(count)
        return self._words[row].tolist()

    def unit(self, rows):
        """A number in 0..<1 with 24 random bits."""
        return (self.word(rows) >> numpy.uint64(8)).astype(numpy.float64) * 2.0**-24

    def below(self, bounds, rows):
        """A whole number in 0..<bound for each row, without bias (Lemire 2019); bounds lie in 1..<2**32."""
        bounds = numpy.broadcast_to(numpy.asarray(bounds, numpy.uint64), rows.shape)
        value = self.long(rows)
        high, low = _product(value, bounds)
        again = numpy.flatnonzero(low < bounds)
        while len(again):
            limit = bounds[again]
            again = again[low[again] < (numpy.uint64(0) - limit) % limit]
            if len(again):
                high[again], low[again] = _product(self.long(rows[again]), bounds[again])
        return high.astype(numpy.int64)


class Cursor:
    """The draws of one stream, one at a time."""

    def __init__(self, streams, row):
        self._streams, self._row, self._used = streams, row, 0
        self._words = streams.words_of(row, 4)

    def word(self):
        """The next 32 bits."""
        if self._used == len(self._words):
            self._words = self._streams.words_of(self._row, self._used + 1)
        self._used += 1
        return self._words[self._used - 1]

    def unit(self):
        """A number in 0..<1 with 24 random bits."""
        return (self.word() >> 8) * 2.0**-24

    def below(self, bound):
        """A whole number in 0..<bound, without bias."""
        product = (self.word() | self.word() << 32) * bound
        if product & 0xFFFFFFFFFFFFFFFF < bound:
            limit = (1 << 64) % bound
            while product & 0xFFFFFFFFFFFFFFFF < limit:
                product = (self.word() | self.word() << 32) * bound
        return product >> 64


def _product(values, bounds):
    """The upper and lower 64 bits of values times bounds below 2**32."""
    high = ((values >> _32) * bounds + ((values & _MASK32) * bounds >> _32)) >> _32
    return high, values * bounds
