"""A reader of TFRecord files of `tf.train.Example`, written from the formats' descriptions, that trusts nothing."""

import struct

_TABLE = []
for _byte in range(256):
    for _ in range(8):
        _byte = _byte >> 1 ^ (0x82F63B78 if _byte & 1 else 0)
    _TABLE.append(_byte)


def _checksum(data):
    value = 0xFFFFFFFF
    for byte in data:
        value = value >> 8 ^ _TABLE[(value ^ byte) & 0xFF]
    value ^= 0xFFFFFFFF
    return ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(path):
    """The payload of each frame, both of its checksums compared."""
    with open(path, "rb") as file:
        while head := file.read(12):
            length, checksum = struct.unpack("<QI", head)
            assert _checksum(head[:8]) == checksum, "the checksum of a length"
            data = file.read(length)
            assert len(data) == length and _checksum(data) == struct.unpack("<I", file.read(4))[0], "a checksum"
            yield data


def _number(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _fields(data):
    at = 0
    while at < len(data):
        tag, at = _number(data, at)
        assert tag & 7 == 2, "a field that is not length-delimited"
        length, at = _number(data, at)
        yield tag >> 3, data[at:at + length]
        at += length
    assert at == len(data)


def example(data):
    """The features of a `tf.train.Example`: lists of ints, of floats or of bytes."""
    ((field, features),) = _fields(data)
    assert field == 1
    found = {}
    for field, entry in _fields(features):
        assert field == 1
        parts = dict(_fields(entry))
        ((kind, content),) = _fields(parts[2])
        ((field, packed),) = _fields(content)
        assert field == 1 and kind in (2, 3)
        if kind == 2:
            values = list(struct.unpack(f"<{len(packed) // 4}f", packed))
        else:
            values, at = [], 0
            while at < len(packed):
                value, at = _number(packed, at)
                values.append(value)
        found[parts[1].decode()] = values
    return found
