"""Batches: the same for any number of ranks and workers, and after any stop."""

import unittest

import numpy

from tessera_shards import ShardDataset, ShardLoader, ShardStream

from . import shards

try:
    import torch
except ImportError:
    torch = None
try:
    import transformers
except ImportError:
    transformers = None


def equal(left, right):
    return left.keys() == right.keys() and all(numpy.array_equal(left[name], right[name]) for name in left)


@unittest.skipUnless(shards.TESSERA, "the program is not built: 'make build'")
class StreamTests(unittest.TestCase):
    def stream(self, batch_size=8, **options):
        return ShardStream(shards.shards("nsp"), batch_size, **{"seed": 3, "tensors": False, **options})

    def test_batches_walk_through_the_epochs_in_the_engines_order(self):
        data = ShardDataset(shards.shards("nsp"), seed=3)
        stream = self.stream(epochs=2)
        walk = [(epoch, index) for epoch in (0, 1) for index in data.order(epoch)]
        self.assertEqual(len(stream), len(walk) // 8)
        for number, batch in enumerate(stream):
            part = walk[8 * number:8 * number + 8]
            examples = data.examples([index for _, index in part], [epoch for epoch, _ in part])
            expected = data.collate(examples, pad_to_multiple=8, tensors=False)
            self.assertTrue(equal(batch, expected))
            self.assertEqual(batch["input_ids"].shape[1] % 8, 0)
        self.assertEqual(number + 1, len(stream))

    def test_ranks_share_the_global_batch(self):
        whole = self.stream(12, epochs=1)
        for bins in (0, 5):
            whole = self.stream(12, epochs=1, bin_batches=bins)
            parts = [self.stream(4, epochs=1, rank=rank, ranks=3, bin_batches=bins) for rank in range(3)]
            for number in range(len(whole)):
                together = sorted(sum((part.place(number)[1].tolist() for part in parts), []))
                self.assertEqual(together, sorted(whole.place(number)[1].tolist()))
        self.assertEqual(len(parts[0]), len(whole))

    def test_bins_pad_less_and_see_the_same(self):
        plain, binned = (self.stream(epochs=1, pad_to_multiple=1, bin_batches=bins) for bins in (0, 128))
        seen, padding = {}, {}
        for name, stream in (("plain", plain), ("binned", binned)):
            places = [stream.place(number)[1] for number in range(len(stream))]
            seen[name] = sorted(numpy.concatenate(places).tolist())
            padding[name] = sum(int((batch["attention_mask"] == 0).sum()) for batch in stream)
        self.assertEqual(seen["plain"], seen["binned"])
        self.assertLess(padding["binned"], padding["plain"] / 3)

    def test_a_stop_at_any_batch_resumes_exactly(self):
        for bins in (0, 4):
            batches = list(self.stream(epochs=1, bin_batches=bins))
            for stop in (0, 1, 7, len(batches) - 1):
                first = ShardLoader(self.stream(epochs=1, bin_batches=bins))
                given = 0
                for batch in first:
                    if given == stop:
                        break
                    given += 1
                    state = first.state_dict()
                if stop == 0:
                    state = ShardLoader(self.stream(epochs=1, bin_batches=bins)).state_dict()
                again = ShardLoader(self.stream(epochs=1, bin_batches=bins))
                again.load_state_dict(state)
                rest = list(again)
                self.assertEqual(len(rest), len(batches) - stop)
                self.assertTrue(all(equal(left, right) for left, right in zip(rest, batches[stop:])))

    def test_a_state_of_another_stream_is_refused(self):
        state = self.stream().state_dict()
        with self.assertRaises(ValueError):
            self.stream(seed=4).load_state_dict(state)
        with self.assertRaises(ValueError):
            self.stream(16).load_state_dict(state)
        self.stream(4, rank=0, ranks=2).load_state_dict(state)

    def test_padding_to_a_fixed_width(self):
        self.assertEqual(self.stream(pad_to=64).batch(5)["input_ids"].shape, (8, 64))

    @unittest.skipUnless(torch, "torch is not installed")
    def test_workers_change_nothing(self):
        expected = [self.stream(epochs=1).batch(number) for number in range(30)]
        for workers in (1, 3):
            loader = ShardLoader(self.stream(epochs=1), workers=workers)
            state = None
            for number, batch in zip(range(20), loader):
                self.assertTrue(equal({name: numpy.asarray(batch[name]) for name in batch}, expected[number]))
                state = loader.state_dict()
            again = ShardLoader(self.stream(epochs=1), workers=2)
            again.load_state_dict(state)
            for number, batch in zip(range(20, 30), again):
                self.assertTrue(equal({name: numpy.asarray(batch[name]) for name in batch}, expected[number]))

    @unittest.skipUnless(torch, "torch is not installed")
    def test_a_dataloader_over_the_map_style_dataset(self):
        data = ShardDataset(shards.shards("nsp"), seed=3)
        loader = torch.utils.data.DataLoader(
            data, batch_size=8, sampler=data.order(), collate_fn=data.collate, num_workers=2)
        batches = list(loader)
        self.assertEqual(len(batches), -(-len(data) // 8))
        self.assertEqual(batches[0]["input_ids"].dtype, torch.int64)
        first = data.collate(data.examples(data.order()[:8], 0))
        self.assertTrue(all(torch.equal(batches[0][name], first[name]) for name in first))

    @unittest.skipUnless(torch and transformers, "torch and transformers are not installed")
    def test_two_training_steps_of_bert_for_pretraining(self):
        torch.manual_seed(0)
        stream = ShardStream(shards.shards("nsp"), 16, seed=3, bin_batches=4)
        shape = transformers.BertConfig(
            vocab_size=stream.dataset.vocabulary_size, hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
            intermediate_size=64, max_position_embeddings=64)
        model = transformers.BertForPreTraining(shape)
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
        before = [parameter.detach().clone() for parameter in model.parameters()]
        losses = []
        for _, batch in zip(range(2), ShardLoader(stream, workers=1)):
            loss = model(**batch).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        # ln 2 for the pair, and ln V for the masked pieces, as nothing is learnt yet.
        start = numpy.log(2) + numpy.log(stream.dataset.vocabulary_size)
        self.assertTrue(all(abs(loss - start) < 0.5 for loss in losses), losses)
        self.assertTrue(any(not torch.equal(old, new) for old, new in zip(before, model.parameters())))

    @unittest.skipUnless(torch and transformers, "torch and transformers are not installed")
    def test_a_training_step_of_bert_for_masked_lm(self):
        stream = ShardStream(shards.shards("mlm"), 4)
        shape = transformers.BertConfig(
            vocab_size=stream.dataset.vocabulary_size, hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
            intermediate_size=64, max_position_embeddings=64)
        loss = transformers.BertForMaskedLM(shape)(**stream.batch(0)).loss
        loss.backward()
        self.assertTrue(torch.isfinite(loss))
