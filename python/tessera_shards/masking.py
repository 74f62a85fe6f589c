"""BERT's masks, whole words and spans, the very draws of Tessera's engine."""

import numpy

from .philox import Streams

# SpanBERT's lengths, in words: geometric with p = 0.2, those above 10 drawn again; so many vain draws end a search.
SPAN_PROBABILITY, LONGEST_SPAN, SPAN_FAILURES = 0.2, 10, 32


class MaskingPolicy:
    """Of a sequence of n tokens round(n * probability) are predicted, at least 1 and at most the limit: of these 80 %
    become [MASK], 10 % a random piece, 10 % stay. [CLS] and [SEP] are never masked. With whole words the pieces of a
    word are drawn together; with spans runs of words are, and share one fate."""

    def __init__(self, reader):
        self.cls_id, self.sep_id, self.mask_id = reader.cls_id, reader.sep_id, reader.mask_id
        self.probability, self.limit = reader.mask_probability, reader.max_predictions
        self.whole_word, self.spans = reader.whole_word, reader.spans
        special = [reader.pad_id, reader.unk_id, reader.cls_id, reader.sep_id, reader.mask_id]
        self._ordinary = numpy.setdiff1d(numpy.arange(reader.vocabulary_size), special)
        self._continues = numpy.array([len(piece) > 2 and piece.startswith("##") for piece in reader.pieces])

    def draw(self, sequences, indices, seed, epoch, split="train"):
        """Masked positions and what stands there, for each of `sequences` (with special tokens, unmasked).

        `indices` are the numbers of the instances in their split.
        """
        if not len(sequences):
            return []
        lengths = numpy.array([len(ids) for ids in sequences])
        name = int(epoch) << 1 | (0 if split == "train" else 1)
        draws = Streams(seed, "mask", name, numpy.asarray(indices, numpy.uint64))
        wanted = numpy.minimum(self.limit, numpy.maximum(1, numpy.rint(lengths * self.probability).astype(numpy.int64)))
        draws.reserve(4 * int(wanted.max()) + 8)
        if self.spans:
            return [self._draw_spans(ids, int(wanted[row]), draws.cursor(row)) for row, ids in enumerate(sequences)]
        if self.whole_word:
            return [self._draw_words(ids, int(wanted[row]), draws.cursor(row)) for row, ids in enumerate(sequences)]
        tokens = numpy.full((len(sequences), int(lengths.max())), self.cls_id, numpy.int64)
        for row, ids in enumerate(sequences):
            tokens[row, :len(ids)] = ids
        return self._replace(tokens, self._choose_pieces(tokens, wanted, draws), draws)

    def _choose_pieces(self, tokens, wanted, draws):
        """A shuffle of each row's candidates that stops when enough is drawn."""
        ordinary = (tokens != self.cls_id) & (tokens != self.sep_id)
        counts = ordinary.sum(axis=1)
        wanted = numpy.minimum(wanted, counts)
        # A stable sort brings the candidates to the front in their order.
        places = numpy.argsort(~ordinary, axis=1, kind="stable")
        for index in range(int(wanted.max(initial=0))):
            rows = numpy.flatnonzero(wanted > index)
            other = index + draws.below(counts[rows] - index, rows)
            places[rows, index], places[rows, other] = places[rows, other], places[rows, index].copy()
        return [numpy.sort(places[row, :wanted[row]]) for row in range(len(tokens))]

    def _words(self, ids):
        """[first position, end] of each word."""
        words = []
        for position in numpy.flatnonzero((ids != self.cls_id) & (ids != self.sep_id)).tolist():
            if words and words[-1][1] == position and self._continues[ids[position]]:
                words[-1][1] += 1
            else:
                words.append([position, position + 1])
        return words

    def _draw_words(self, ids, wanted, cursor):
        """Words, all pieces of one together, or not at all when they would exceed the number."""
        words, chosen = self._words(ids), []
        for index in range(len(words)):
            if len(chosen) >= wanted:
                break
            other = index + cursor.below(len(words) - index)
            words[index], words[other] = words[other], words[index]
            if len(chosen) + words[index][1] - words[index][0] <= wanted:
                chosen += range(*words[index])
        # Every word longer than what is to be predicted: the first pieces of one of them.
        if not chosen and words:
            chosen = list(range(*words[0]))[:wanted]
        chosen.sort()
        return self._fates(ids, [[position] for position in chosen], cursor)

    def _draw_spans(self, ids, wanted, cursor):
        """Spans of whole words, none touched twice and none over a [SEP]."""
        words, spans = self._words(ids), []
        taken = [False] * len(words)
        chosen = failures = 0
        while words and chosen < wanted and failures < SPAN_FAILURES:
            start = cursor.below(len(words))
            last = min(len(words), start + self._span_length(cursor))
            begin = end = words[start][0]
            index = start
            while (index < last and not taken[index] and words[index][0] == end
                   and words[index][1] - begin <= wanted - chosen):
                end = words[index][1]
                taken[index] = True
                index += 1
            if end > begin:
                spans.append(range(begin, end))
                chosen, failures = chosen + end - begin, 0
            else:
                failures += 1
        if words and not spans:
            spans = [range(words[0][0], min(words[0][1], words[0][0] + wanted))]
        return self._fates(ids, sorted(spans, key=lambda span: span.start), cursor)

    @staticmethod
    def _span_length(cursor):
        while True:
            length = 1
            while length <= LONGEST_SPAN and cursor.unit() >= SPAN_PROBABILITY:
                length += 1
            if length <= LONGEST_SPAN:
                return length

    def _fates(self, ids, spans, cursor):
        """What stands at the positions of each span, which share one of the three fates."""
        positions, replacements = [], []
        for span in spans:
            masked = cursor.unit() < 0.8
            kept = not masked and cursor.unit() < 0.5
            for position in span:
                positions.append(position)
                if masked:
                    replacements.append(self.mask_id)
                elif kept or not len(self._ordinary):
                    replacements.append(ids[position])
                else:
                    replacements.append(self._ordinary[cursor.below(len(self._ordinary))])
        return numpy.array(positions, numpy.int64), numpy.array(replacements, numpy.int64)

    def _replace(self, tokens, chosen, draws):
        """What stands at the chosen positions, drawn for one position of every row after the other."""
        counts = numpy.array([len(positions) for positions in chosen])
        replacements = [tokens[row, positions] for row, positions in enumerate(chosen)]
        for index in range(int(counts.max(initial=0))):
            rows = numpy.flatnonzero(counts > index)
            masked = draws.unit(rows) < 0.8
            for row in rows[masked]:
                replacements[row][index] = self.mask_id
            rest = rows[~masked]
            if len(rest):
                rest = rest[draws.unit(rest) >= 0.5]
            if len(rest) and len(self._ordinary):
                for row, other in zip(rest, draws.below(len(self._ordinary), rest)):
                    replacements[row][index] = self._ordinary[other]
        return list(zip(chosen, replacements))
