"""Runs one Python peer, as protocol.ts describes it: runner.py PACKAGES PEER_FILE."""

import gc
import importlib.util
import json
import os
import platform
import sys
import time

DUMP_PIECE = 65536
# A turn of runs below this begins with one that is not counted: after the turns of others, nothing
# is in the processor's cache.
SHORT_MS = 50


class Runner:
    """One operation on one file."""

    def __init__(self, peer):
        self.peer = peer
        self.job = None
        self.operation = None
        self.state = None
        self.short_runs = False

    def prepare(self, request):
        self.job = request["job"]
        name = self.job["operation"]
        self.operation = self.peer.OPERATIONS.get(name)
        if self.operation is None:
            return {"unsupported": "not offered"}
        setup = getattr(self.peer, "SETUP", {}).get(name)
        self.state = setup(self.job) if setup else None
        return {
            "version": self.peer.VERSION,
            "runtime": "Python " + platform.python_version(),
            "how": getattr(self.peer, "HOW", {}).get(name),
            "uses": getattr(self.peer, "USES", None),
        }

    def check(self, request):
        result = self.operation(self.job, self.state)
        if self.job["columns"]:
            with open(request["out"], "wb") as out:
                answer = {"columns": [dump(values, out) for values in result]}
        else:
            answer = {"names": result}
        return answer

    def turn(self, request):
        count = request.get("iterations")
        gc.collect()
        forget_peak_memory()
        if self.short_runs:
            self.sample()
        end = time.perf_counter() + request["budgetMs"] / 1000
        samples = []
        while True:
            samples.append(self.sample())
            if len(samples) == count or (count is None and time.perf_counter() >= end):
                return {"samples": samples, "peakBytes": peak_memory()}

    def sample(self):
        gc.disable()
        try:
            cpu = time.process_time()
            started = time.perf_counter()
            result = self.operation(self.job, self.state)
            ms = (time.perf_counter() - started) * 1000
            cpu_ms = (time.process_time() - cpu) * 1000
        finally:
            gc.enable()
        self.short_runs = ms < SHORT_MS
        amount = sum(len(values) for values in result)
        del result
        gc.collect(0)
        return {"ms": ms, "cpuMs": cpu_ms, "amount": amount}


def dump(values, out):
    import numpy

    offset = out.tell()
    kind = values.dtype.kind
    # Bytes have a dimension of their own; structures, of kind V, are only counted.
    if kind in "SUOV" or values.ndim > 1:
        dump_text(values, out)
        return {"type": "text", "count": len(values), "offset": offset, "bytes": out.tell() - offset}
    wide = values.dtype.itemsize == 8
    stored = "i8" if kind == "i" and wide else "u8" if kind == "u" and wide else "f8"
    for at in range(0, len(values), DUMP_PIECE):
        out.write(numpy.ascontiguousarray(values[at : at + DUMP_PIECE], dtype="<" + stored).tobytes())
    column = {"type": stored, "count": len(values), "offset": offset, "bytes": out.tell() - offset}
    if len(values) > 0:
        column["min"] = float(values.min())
        column["max"] = float(values.max())
    return column


def dump_text(values, out):
    for at in range(0, len(values), DUMP_PIECE):
        piece = values[at : at + DUMP_PIECE].tolist()
        texts = [text_of(value) for value in piece]
        out.write(("\n".join(texts) + "\n").encode())


def text_of(value):
    if isinstance(value, list):
        return ",".join(map(str, value))
    return value.decode() if isinstance(value, bytes) else str(value)


def forget_peak_memory():
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def peak_memory():
    try:
        with open("/proc/self/status") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def load_peer(path):
    # Under a name of its own: the file may be called as the package that it imports.
    spec = importlib.util.spec_from_file_location("the_peer", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    packages, peer_file = sys.argv[1:3]
    # So that a peer does without what it would use when it is there.
    for name in filter(None, os.environ.get("MF4_BENCH_WITHOUT", "").split(",")):
        sys.modules[name] = None
    # What a peer prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.path[0] = packages
    runner = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if runner is None:
                runner = Runner(load_peer(peer_file))
            answer = getattr(runner, request["do"])(request)
        except Exception as error:
            answer = {"error": "%s: %s" % (type(error).__name__, error)}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
