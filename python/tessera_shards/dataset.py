"""A map-style dataset: examples by number."""

import numpy

from .batches import collate
from .masking import MaskingPolicy
from .order import epoch_order
from .reader import SPLITS, ShardReader


class ShardDataset:
    """The instances of one split with their masks; a PyTorch map-style dataset that does not need PyTorch.

    `dataset[i]` is a dict of numpy arrays: `input_ids`, `token_type_ids`, `masked_positions`, `masked_labels`, and
    `next_sentence_label` (0: B follows A, 1: it does not). Masks are those of (seed, epoch, i) unless the shards were
    made with static masking.
    """

    def __init__(self, directory, split="train", seed=None, epoch=0, sequence_length=None, cached_blocks=8):
        """`directory` is a folder of shards or a ShardReader; without a seed that of the shards is taken, without a
        sequence length the first that the set holds."""
        if split not in SPLITS:
            raise ValueError("split is 'train' or 'validation'")
        if not isinstance(directory, ShardReader):
            directory = ShardReader(directory, sequence_length, cached_blocks)
        self.reader = directory
        self.split, self.epoch = split, int(epoch)
        self.seed = self.reader.seed if seed is None else int(seed)
        self.policy = MaskingPolicy(self.reader)

    @property
    def vocabulary_size(self):
        """Pieces of the vocabulary: the `vocab_size` of a model."""
        return self.reader.vocabulary_size

    def set_epoch(self, epoch):
        """Chooses the epoch whose masks are drawn. Call it before the workers of a DataLoader start."""
        self.epoch = int(epoch)

    def order(self, epoch=None):
        """The numbers of the instances in the order of an epoch, a sampler for a DataLoader."""
        order = epoch_order(self.reader, self.seed, self.epoch if epoch is None else epoch, self.split)
        return order[numpy.arange(len(self))].tolist()

    def __len__(self):
        return self.reader.count(self.split)

    def __getitem__(self, index):
        return self.examples([index], self.epoch)[0]

    def __getitems__(self, indices):
        """Several at once, which PyTorch asks for; drawing masks together is much faster."""
        return self.examples(indices, self.epoch)

    def instance(self, index):
        """What is stored: runs of tokens, the documents they come from, the label."""
        return self.reader.instance(int(index), self.split)

    def examples(self, indices, epochs):
        """Examples by number, each with the masks of its epoch; `epochs` is one epoch or one for each."""
        indices = [int(index) for index in indices]
        instances = [self.reader.instance(index, self.split) for index in indices]
        sequences = [self.reader.assemble(instance) for instance in instances]
        masks = self._masks(indices, instances, [ids for ids, _ in sequences], epochs)
        examples = []
        for instance, (ids, segments), (positions, replacements) in zip(instances, sequences, masks):
            labels = ids[positions]
            ids[positions] = replacements
            examples.append({"input_ids": ids, "token_type_ids": segments, "masked_positions": positions,
                             "masked_labels": labels, "next_sentence_label": instance.label})
        return examples

    def _masks(self, indices, instances, sequences, epochs):
        if self.reader.static_masking:
            return [(instance.positions, instance.replacements) for instance in instances]
        epochs = numpy.broadcast_to(numpy.asarray(epochs, numpy.int64), len(indices))
        masks = [None] * len(indices)
        for epoch in numpy.unique(epochs):
            rows = numpy.flatnonzero(epochs == epoch)
            drawn = self.policy.draw([sequences[row] for row in rows], [indices[row] for row in rows], self.seed,
                                     int(epoch), self.split)
            for row, mask in zip(rows, drawn):
                masks[row] = mask
        return masks

    def collate(self, examples, **options):
        """A padded batch; see `tessera_shards.batches.collate`."""
        return collate(examples, self.reader, **options)
