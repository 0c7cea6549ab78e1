# /// script
# requires-python = ">=3.9"
# dependencies = [
#   "mdfreader==4.3",
#   "numpy==1.26.4 ; python_version < '3.13'",
#   "numpy==2.4.6 ; python_version >= '3.13'",
# ]
# [tool.mf4-bench]
# name = "mdfreader"
# order = 5
# ///
"""mdfreader 4.3."""

import warnings
from importlib.metadata import version

import mdfreader

VERSION = version("mdfreader")

# It tells of every group name it does not understand, at the cost of time.
warnings.simplefilter("ignore")


def list_names(job, _state):
    info = mdfreader.MdfInfo(job["file"])
    return [
        [channel["name"] for channel in channels.values()]
        for groups in info["CN"].values()
        for channels in groups.values()
    ]


def take(mdf, job):
    return [mdf.get_channel_data(column["name"]) for column in job["columns"]]


def read_one(job, _state):
    names = [column["name"] for column in job["columns"]]
    return take(mdfreader.Mdf(job["file"], channel_list=names), job)


def read_all(job, _state):
    return take(mdfreader.Mdf(job["file"]), job)


def read_raw(job, _state):
    mdf = mdfreader.Mdf(job["file"], convert_after_read=False)
    return [mdf.get_channel(column["name"])["data"] for column in job["columns"]]


OPERATIONS = {
    "open and list names": list_names,
    "read one channel": read_one,
    "read all channels": read_all,
    "read all raw": read_raw,
    "go through all": read_all,
}
HOW = {"go through all": "reads whole"}
