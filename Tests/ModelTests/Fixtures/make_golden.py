#!/usr/bin/env python3
"""Writes the reference of GoldenTests: a random BertForPreTraining computed in float64 with numpy alone.

The forward pass is written out from the papers (Vaswani et al. 2017, Devlin et al. 2018), on padded batches with an attention mask.
Gradients are central differences of the loss, h = 1e-5, so they share no derivation with the program they check (error about 1e-9).

    python3 make_golden.py        # numpy is all it needs; takes about a minute; writes tiny_*.safetensors beside itself
    python3 make_golden.py pre    # pre-LN layers (Xiong et al. 2020) and an untied decoder: writes pre_*.safetensors
"""
import json, math, os, struct, sys
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
PRE = sys.argv[1:] == ["pre"]
V, H, LAYERS, HEADS, INNER, POSITIONS = 40, 16, 2, 2, 32, 12
LENGTHS = [12, 5, 1, 3, 8]
CONFIG = dict(model_type="bert", vocab_size=V, hidden_size=H, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
              intermediate_size=INNER, hidden_act="gelu", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
              max_position_embeddings=POSITIONS, type_vocab_size=2, layer_norm_eps=1e-12, pad_token_id=0)
if PRE:
    CONFIG.update(model_type="tessera-pre-layer-norm", norm_placement="pre", tie_word_embeddings=False)
PREFIX = "pre_" if PRE else "tiny_"
ATTENTION_NORM = "attention.LayerNorm" if PRE else "attention.output.LayerNorm"
FEED_FORWARD_NORM = "intermediate.LayerNorm" if PRE else "output.LayerNorm"
DECODER = "cls.predictions.decoder.weight" if PRE else "bert.embeddings.word_embeddings.weight"
erf = np.vectorize(math.erf, otypes=[float])


def save(path, tensors, metadata=None):
    kinds = {"float32": "F32", "float64": "F64", "int64": "I64"}
    header, offset = ({"__metadata__": metadata} if metadata else {}), 0
    for name, value in tensors.items():
        header[name] = dict(dtype=kinds[str(value.dtype)], shape=list(value.shape), data_offsets=[offset, offset + value.nbytes])
        offset += value.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(HERE, path), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for value in tensors.values():
            file.write(np.ascontiguousarray(value).tobytes())


def shapes():
    yield "bert.embeddings.word_embeddings.weight", (V, H)
    yield "bert.embeddings.position_embeddings.weight", (POSITIONS, H)
    yield "bert.embeddings.token_type_embeddings.weight", (2, H)
    yield from norm("bert.embeddings.LayerNorm")
    for layer in range(LAYERS):
        prefix = f"bert.encoder.layer.{layer}."
        for part in ("query", "key", "value"):
            yield from linear(prefix + "attention.self." + part, H, H)
        yield from linear(prefix + "attention.output.dense", H, H)
        yield from norm(prefix + ATTENTION_NORM)
        yield from linear(prefix + "intermediate.dense", INNER, H)
        yield from linear(prefix + "output.dense", H, INNER)
        yield from norm(prefix + FEED_FORWARD_NORM)
    if PRE:
        yield from norm("bert.LayerNorm")
    yield from linear("bert.pooler.dense", H, H)
    yield "cls.predictions.bias", (V,)
    if PRE:
        yield DECODER, (V, H)
    yield from linear("cls.predictions.transform.dense", H, H)
    yield from norm("cls.predictions.transform.LayerNorm")
    yield from linear("cls.seq_relationship", 2, H)


def linear(name, outputs, inputs):
    return [(name + ".weight", (outputs, inputs)), (name + ".bias", (outputs,))]


def norm(name):
    return [(name + ".weight", (H,)), (name + ".bias", (H,))]


def weights(rng):
    result = {}
    for name, shape in shapes():
        value = rng.standard_normal(shape)
        if name.endswith("LayerNorm.weight"):
            value = 1 + 0.1 * value
        else:
            value *= 0.1 if name.endswith("bias") else 0.3
        result[name] = value.astype(np.float32)
    return result


def batch(rng):
    size, width = len(LENGTHS), max(LENGTHS)
    ids = rng.integers(5, V, (size, width))
    mask = (np.arange(width)[None] < np.array(LENGTHS)[:, None]).astype(np.int64)
    types = ((np.arange(width)[None] > np.array(LENGTHS)[:, None] // 2) & (mask > 0)).astype(np.int64)
    labels = np.full((size, width), -100, np.int64)
    for row, length in enumerate(LENGTHS):
        ids[row, 0] = 2
        for position in rng.permutation(np.arange(1, length))[: length // 3]:
            labels[row, position], ids[row, position] = ids[row, position], 4
    ids[0, 3] = 0  # the padding token inside a sequence: its lookup gets no gradient
    return dict(input_ids=ids * mask, token_type_ids=types, attention_mask=mask, labels=labels,
                next_sentence_label=rng.integers(0, 2, size))


def layer_norm(x, w, name):
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + CONFIG["layer_norm_eps"]) * w[name + ".weight"] + w[name + ".bias"]


def affine(x, w, name):
    return x @ w[name + ".weight"].T + w[name + ".bias"]


def gelu(x):
    return 0.5 * x * (1 + erf(x / math.sqrt(2)))


def attention(x, mask, w, prefix):
    def heads(name):
        return affine(x, w, prefix + name).reshape(*x.shape[:2], HEADS, H // HEADS).transpose(0, 2, 1, 3)

    scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / math.sqrt(H // HEADS)
    scores = np.where(mask[:, None, None, :] > 0, scores, -np.inf)
    scores = np.exp(scores - scores.max(-1, keepdims=True))
    scores /= scores.sum(-1, keepdims=True)
    return (scores @ heads("value")).transpose(0, 2, 1, 3).reshape(x.shape)


def cross_entropy(logits, labels):
    top = logits.max(-1, keepdims=True)
    total = np.log(np.exp(logits - top).sum(-1)) + top[:, 0]
    return (total - logits[np.arange(len(labels)), labels]).mean()


def forward(w, b, lookup):
    """`lookup` is the table the tokens are looked up in: apart from the decoder's, so that row 0 can be held fixed."""
    e, p = "bert.embeddings.", np.arange(b["input_ids"].shape[1])
    x = lookup[b["input_ids"]] + w[e + "position_embeddings.weight"][p] + w[e + "token_type_embeddings.weight"][b["token_type_ids"]]
    x = layer_norm(x, w, e + "LayerNorm")
    out = {"hidden_states.0": x}
    for layer in range(LAYERS):
        prefix = f"bert.encoder.layer.{layer}."
        n = layer_norm(x, w, prefix + ATTENTION_NORM) if PRE else x
        a = affine(attention(n, b["attention_mask"], w, prefix + "attention.self."), w, prefix + "attention.output.dense")
        x = x + a if PRE else layer_norm(x + a, w, prefix + ATTENTION_NORM)
        n = layer_norm(x, w, prefix + FEED_FORWARD_NORM) if PRE else x
        f = affine(gelu(affine(n, w, prefix + "intermediate.dense")), w, prefix + "output.dense")
        x = x + f if PRE else layer_norm(x + f, w, prefix + FEED_FORWARD_NORM)
        if PRE and layer + 1 == LAYERS:
            x = layer_norm(x, w, "bert.LayerNorm")
        out[f"hidden_states.{layer + 1}"] = x
    pooled = np.tanh(affine(x[:, 0], w, "bert.pooler.dense"))
    t = layer_norm(gelu(affine(x, w, "cls.predictions.transform.dense")), w, "cls.predictions.transform.LayerNorm")
    logits = t @ w[DECODER].T + w["cls.predictions.bias"]
    relation = affine(pooled, w, "cls.seq_relationship")
    chosen = b["labels"] >= 0
    out.update(pooler_output=pooled, prediction_logits=logits, seq_relationship_logits=relation,
               mlm_loss=np.array([cross_entropy(logits[chosen], b["labels"][chosen])]),
               nsp_loss=np.array([cross_entropy(relation, b["next_sentence_label"])]))
    return out


def loss(w, b, fixed_row):
    lookup = w["bert.embeddings.word_embeddings.weight"].copy()
    lookup[0] = fixed_row
    out = forward(w, b, lookup)
    return float(out["mlm_loss"][0] + out["nsp_loss"][0])


def gradients(w, b):
    fixed_row, h, result = w["bert.embeddings.word_embeddings.weight"][0].copy(), 1e-5, {}
    for name, value in w.items():
        gradient, flat = np.zeros(value.size), value.reshape(-1)
        for index in range(value.size):
            kept = flat[index]
            flat[index] = kept + h
            up = loss(w, b, fixed_row)
            flat[index] = kept - h
            gradient[index] = (up - loss(w, b, fixed_row)) / (2 * h)
            flat[index] = kept
        result[name] = gradient.reshape(value.shape)
    return result


rng = np.random.default_rng(7)
single, b = weights(rng), batch(rng)
w = {name: value.astype(np.float64) for name, value in single.items()}
save(PREFIX + "bert.safetensors", single, {"config": json.dumps(CONFIG)})
save(PREFIX + "batch.safetensors", {"step0." + name: value for name, value in b.items()})
save(PREFIX + "eval.safetensors", {"f64." + name: value for name, value in forward(w, b, w["bert.embeddings.word_embeddings.weight"]).items()})
g = gradients(w, b)
g["global_norm"] = np.array([math.sqrt(sum((v ** 2).sum() for v in g.values()))])
save(PREFIX + "grads.safetensors", {"f64." + name: value for name, value in g.items()})
