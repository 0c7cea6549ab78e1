# /// script
# requires-python = ">=3.9"
# dependencies = [
#   "mf4-rs==3.7.0",
#   "numpy==1.26.4 ; python_version < '3.13'",
#   "pandas==2.2.3 ; python_version < '3.13'",
#   "numpy==2.4.6 ; python_version >= '3.13'",
#   "pandas==3.1.1 ; python_version >= '3.13'",
# ]
# [tool.mf4-bench]
# name = "mf4-rs (PyPI)"
# order = 3
# ///
"""mf4-rs 3.7.0, the library of the original benchmarks, as a native extension."""

from importlib.metadata import version

import mf4_rs
import pandas  # noqa: F401  `read` imports it when it is first called

VERSION = version("mf4-rs")


def list_names(job, _state):
    return [group.channel_names for group in mf4_rs.Mdf(job["file"]).groups]


def take(file, job):
    # The fastest way it has: `values` gives numbers only, `read` a pandas series of anything.
    return [
        file.values(column["name"], column["groupName"])
        if column["kind"] == "number"
        else file.read(column["name"], column["groupName"]).to_numpy()
        for column in job["columns"]
    ]


def read_columns(job, _state):
    return take(mf4_rs.Mdf(job["file"]), job)


def build_index(job):
    return mf4_rs.MdfIndex.from_file(job["file"])


def save_index(job):
    path = job["scratch"] + "/mf4_rs.index.json"
    build_index(job).save(path)
    return path


def read_warm(job, index):
    return take(index, job)


def read_cold(job, path):
    index = mf4_rs.MdfIndex.load(path)
    index.source = job["file"]
    return take(index, job)


OPERATIONS = {
    "open and list names": list_names,
    "read one channel": read_columns,
    "read all channels": read_columns,
    "go through all": read_columns,
    "index warm, one channel": read_warm,
    "index cold, one channel": read_cold,
}
SETUP = {"index warm, one channel": build_index, "index cold, one channel": save_index}
HOW = {"go through all": "reads whole, it has no stream"}
