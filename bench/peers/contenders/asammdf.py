# /// script
# requires-python = ">=3.9"
# dependencies = [
#   "asammdf==7.4.2 ; python_version < '3.13'",
#   "numpy==1.26.4 ; python_version < '3.13'",
#   "pandas==2.2.3 ; python_version < '3.13'",
#   "asammdf==8.8.28 ; python_version >= '3.13'",
# ]
# [tool.mf4-bench]
# name = "asammdf"
# order = 4
# ///
"""asammdf 7.4.2: faster than 8.8.28 in most of what is measured here, but built for numpy 1 only."""

import asammdf
from asammdf import MDF
from asammdf.blocks import v4_blocks

VERSION = asammdf.__version__
# What unpacks deflated data: `isal.isal_zlib`, or `zlib` where isal is not there.
USES = getattr(getattr(v4_blocks, "decompress", None), "__module__", None)


def list_names(job, _state):
    with MDF(job["file"]) as mdf:
        return [[channel.name for channel in group.channels] for group in mdf.groups]


def read_one(job, _state):
    with MDF(job["file"]) as mdf:
        signal = mdf.get(job["columns"][1]["name"])
        return [signal.timestamps, signal.samples]


def read_columns(job, raw=False):
    with MDF(job["file"]) as mdf:
        # Groups that only store values of variable length have a place here, and no channel.
        places = [place for place, group in enumerate(mdf.groups) if group.channels]
        wanted = [(None, places[one["group"]], one["channel"]) for one in job["columns"]]
        return [signal.samples for signal in mdf.select(wanted, raw=raw, copy_master=False)]


def read_all(job, _state):
    return read_columns(job)


def read_raw(job, _state):
    return read_columns(job, raw=True)


OPERATIONS = {
    "open and list names": list_names,
    "read one channel": read_one,
    "read all channels": read_all,
    "read all raw": read_raw,
    "go through all": read_all,
}
HOW = {"go through all": "reads whole by select"}
