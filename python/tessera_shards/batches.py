"""Padded batches, with the names that `transformers` gives its arguments."""

import numpy

IGNORED_LABEL = -100


def collate(examples, reader, pad_to=None, pad_to_multiple=1, tensors=True):
    """A batch of arrays [B, T]: `input_ids`, `token_type_ids`, `attention_mask`, `labels` (-100 where nothing is
    predicted) and, unless the objective is `mlm`, `next_sentence_label` [B].

    T is the longest example's length, rounded up to `pad_to_multiple`, or `pad_to`. Tensors when PyTorch is there and
    `tensors` is true.
    """
    longest = max(len(example["input_ids"]) for example in examples)
    width = pad_to or -(-longest // pad_to_multiple) * pad_to_multiple
    if width < longest:
        raise ValueError(f"an example of {longest} tokens does not fit into {width}")
    shape = (len(examples), width)
    batch = {"input_ids": numpy.full(shape, reader.pad_id, numpy.int64),
             "token_type_ids": numpy.zeros(shape, numpy.int64), "attention_mask": numpy.zeros(shape, numpy.int64),
             "labels": numpy.full(shape, IGNORED_LABEL, numpy.int64)}
    for row, example in enumerate(examples):
        length = len(example["input_ids"])
        batch["input_ids"][row, :length] = example["input_ids"]
        batch["token_type_ids"][row, :length] = example["token_type_ids"]
        batch["attention_mask"][row, :length] = 1
        batch["labels"][row, example["masked_positions"]] = example["masked_labels"]
    if reader.objective != "mlm":
        batch["next_sentence_label"] = numpy.array([example["next_sentence_label"] for example in examples])
    return as_tensors(batch) if tensors else batch


def as_tensors(batch):
    """The arrays as PyTorch tensors, or as they are when it is not installed."""
    try:
        import torch
    except ImportError:
        return batch
    return {name: torch.from_numpy(values) for name, values in batch.items()}
