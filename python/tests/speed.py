"""Instances a second on one core: `python -m tests.speed SHARDS [BIN_BATCHES]`."""

import sys
import time

from tessera_shards import ShardStream


def main(shards, bins=0):
    stream = ShardStream(shards, 64, epochs=1, bin_batches=int(bins), tensors=False)
    batches = min(len(stream), 1000)
    stream.batch(0)
    began, tokens, places = time.process_time(), 0, 0
    for number in range(batches):
        batch = stream.batch(number)
        tokens += int(batch["attention_mask"].sum())
        places += batch["attention_mask"].size
    seconds = time.process_time() - began
    print(f"{64 * batches / seconds:.0f} instances, {tokens / seconds:.0f} tokens a second of processor time; "
          f"{100 * (1 - tokens / places):.2f} % padding")


if __name__ == "__main__":
    main(*sys.argv[1:])
