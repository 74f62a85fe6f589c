"""A loop over a stream that knows, with any number of worker processes, which batch comes next."""


class ShardLoader:
    """Batches of a ShardStream, made by `workers` processes ahead of time, in the same order for any number of them.

    `state_dict()` names the next batch that the loop has not been given, so that a training that saves it with its
    checkpoint goes on exactly there.
    """

    def __init__(self, stream, workers=0, prefetch=4, **options):
        """`options` are given to PyTorch's DataLoader; without PyTorch there are no workers."""
        self.stream, self.workers, self.prefetch, self.options = stream, int(workers), int(prefetch), options
        self._next = 0

    def __len__(self):
        return len(self.stream)

    def __iter__(self):
        first = self.stream._next = self._next
        for number, batch in enumerate(self._batches(), first):
            self._next = number + 1
            yield batch
        self._next = 0

    def _batches(self):
        try:
            from torch.utils.data import DataLoader
        except ImportError:
            if self.workers:
                raise
            return iter(self.stream)
        if self.workers:
            # Worker w makes the batches w, w + workers ...; the DataLoader takes them in turn, which is their order.
            self.options.setdefault("prefetch_factor", self.prefetch)
        return iter(DataLoader(self.stream, batch_size=None, num_workers=self.workers, **self.options))

    def state_dict(self):
        """Where the loop stands."""
        return {**self.stream.state_dict(), "batch": self._next}

    def load_state_dict(self, state):
        """Goes on where another loop over the same shards stood; the workers may be others."""
        self.stream.load_state_dict(state)
        self._next = self.stream._next
