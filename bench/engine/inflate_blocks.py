"""Inflates every deflated block of a file on one core: inflate_blocks.py PACKAGES FILE."""

import json
import statistics
import struct
import sys
import time
import zlib

TIMES = 5
FIELDS = 24
DATA = 48


def blocks_of(data):
    at = data.find(b"##DZ")
    while at >= 0:
        if at % 8 == 0:
            (length,) = struct.unpack_from("<Q", data, at + FIELDS + 16)
            yield data[at + DATA : at + DATA + length]
            at += DATA + length - 1
        at = data.find(b"##DZ", at + 1)


def time_of(inflate, blocks):
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        for block in blocks:
            inflate(block)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def main():
    packages, path = sys.argv[1:3]
    sys.path.insert(0, packages)
    with open(path, "rb") as file:
        blocks = list(blocks_of(file.read()))
    times = {"pythonZlib": time_of(zlib.decompress, blocks)}
    try:
        from isal.isal_zlib import decompress
    except ImportError:
        pass
    else:
        times["isal"] = time_of(decompress, blocks)
    print(json.dumps(times))


if __name__ == "__main__":
    main()
