"""CBOR as far as the AWS SDKs speak it. The emulator answers CloudWatch's calls in it through a
package that it does not name among its needs; Python finds this file beside `emulator.py` instead.
"""

import struct


class CBORTag:
    """A value with a tag; 1 says that it is a time."""

    def __init__(self, tag, value):
        self.tag, self.value = tag, value


class CBORDecodeError(ValueError):
    """What is no CBOR."""


BREAK = object()


def loads(data):
    """The value that begins at the first byte."""
    try:
        value, _ = _read(memoryview(data), 0)
    except (IndexError, struct.error) as error:
        raise CBORDecodeError("the data ends too early") from error
    return value


def dumps(value):
    """The bytes of a value."""
    out = bytearray()
    _write(out, value)
    return bytes(out)


def _read(data, at):
    kind, info = data[at] >> 5, data[at] & 31
    at += 1
    if kind == 7:
        return _simple(data, at, info)
    endless = info == 31
    count, at = (0, at) if endless else _argument(data, at, info)
    if kind == 0:
        return count, at
    if kind == 1:
        return -1 - count, at
    if kind in (2, 3):
        if endless:
            parts, at = _until_break(data, at)
            return (b"" if kind == 2 else "").join(parts), at
        text = bytes(data[at : at + count])
        if len(text) != count:
            raise CBORDecodeError("the data ends too early")
        return (text if kind == 2 else text.decode()), at + count
    if kind == 4:
        return _until_break(data, at) if endless else _many(data, at, count)
    if kind == 5:
        flat, at = _until_break(data, at) if endless else _many(data, at, 2 * count)
        return dict(zip(flat[::2], flat[1::2])), at
    # A tag says how to see what follows; a time is seconds of the epoch here.
    return _read(data, at)


def _argument(data, at, info):
    if info < 24:
        return info, at
    if info > 27:
        raise CBORDecodeError("a length is none")
    size = 1 << (info - 24)
    return int.from_bytes(data[at : at + size], "big"), at + size


def _simple(data, at, info):
    if info in (25, 26, 27):
        size, form = {25: (2, ">e"), 26: (4, ">f"), 27: (8, ">d")}[info]
        return struct.unpack(form, data[at : at + size])[0], at + size
    return {20: False, 21: True, 31: BREAK}.get(info), at


def _many(data, at, count):
    values = []
    for _ in range(count):
        value, at = _read(data, at)
        values.append(value)
    return values, at


def _until_break(data, at):
    values = []
    while True:
        value, at = _read(data, at)
        if value is BREAK:
            return values, at
        values.append(value)


def _head(out, kind, count):
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if count < 24:
            out.append(kind << 5 | count)
            return
        if count < 1 << (8 * size):
            out.append(kind << 5 | info)
            out += count.to_bytes(size, "big")
            return
    raise ValueError("a number is too large")


def _write(out, value):
    if value is None or isinstance(value, bool):
        out.append({None: 0xF6, False: 0xF4, True: 0xF5}[value])
    elif isinstance(value, int):
        _head(out, 0 if value >= 0 else 1, value if value >= 0 else -1 - value)
    elif isinstance(value, float):
        out.append(0xFB)
        out += struct.pack(">d", value)
    elif isinstance(value, (bytes, str)):
        raw = value if isinstance(value, bytes) else value.encode()
        _head(out, 2 if isinstance(value, bytes) else 3, len(raw))
        out += raw
    elif isinstance(value, CBORTag):
        _head(out, 6, value.tag)
        _write(out, value.value)
    elif isinstance(value, dict):
        _head(out, 5, len(value))
        for key, inner in value.items():
            _write(out, key)
            _write(out, inner)
    else:
        values = list(value)
        _head(out, 4, len(values))
        for inner in values:
            _write(out, inner)
