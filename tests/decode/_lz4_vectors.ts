/**
 * LZ4 frames of an independent encoder: python-lz4 4.4.5 with liblz4 1.9.4 (`pip install lz4`), by
 * `from lz4.frame import *` and the calls below.
 *
 * @module
 */

/** Frames by what is peculiar about them. */
export const frames = {
  /** `compress(b"", store_size=False)`. */
  empty: decode(
    "BCJNGGBAggAAAAA=",
  ),
  /** `compress(b"", content_checksum=True, block_checksum=True)`. */
  emptyChecked: decode(
    "BCJNGHRAvQAAAAAFXcwC",
  ),
  /** `compress(periodic, block_size=BLOCKSIZE_MAX64KB, block_linked=True, content_checksum=True,
   * store_size=False)`: the later blocks copy from the ones before. */
  linked: decode(
    "BCJNGERAXm8BAAD/VcZ+gWtL++L7VPa933wc4YcBvzHeVnIPR2dmh1mqiDxZ6lYTe9KFodg8VFUvN65lW9oC" +
      "eZjM4xp2jl/ZmY8fPzbuQ3hNDfq+ptrkho7cKW1O/1bhcCD7j7FYBZDFCdxTzao7SJlkAP//////////////" +
      "////////////////////////////////////////////////////////////////////////////////////" +
      "////////////////////////////////////////////////////////////////////////////////////" +
      "////////////////////////////////////////////////////////////////////////////////////" +
      "//////////////////////////////////////////////////////////////////////////+EUFnqVhN7" +
      "CgEAAA/c////////////////////////////////////////////////////////////////////////////" +
      "////////////////////////////////////////////////////////////////////////////////////" +
      "////////////////////////////////////////////////////////////////////////////////////" +
      "////////////////////////////////////////////////////////////////////////////////////" +
      "///////////////oUE0N+r6mVAAAAA9kAP//////////////////////////////////////////////////" +
      "////////////////////////////////////////////////IlDNqjtImQAAAAA1g+Fd",
  ),
  /** `compress(periodic, block_size=BLOCKSIZE_MAX64KB, block_linked=False, content_checksum=True,
   * block_checksum=True)`. */
  independent: decode(
    "BCJNGHxA8EkCAAAAAAAPbwEAAP9Vxn6Ba0v74vtU9r3ffBzhhwG/Md5Wcg9HZ2aHWaqIPFnqVhN70oWh2DxU" +
      "VS83rmVb2gJ5mMzjGnaOX9mZjx8/Nu5DeE0N+r6m2uSGjtwpbU7/VuFwIPuPsVgFkMUJ3FPNqjtImWQA////" +
      "////////////////////////////////////////////////////////////////////////////////////" +
      "////////////////////////////////////////////////////////////////////////////////////" +
      "////////////////////////////////////////////////////////////////////////////////////" +
      "////////////////////////////////////////////////////////////////////////////////////" +
      "/4RQWepWE3tQ1DgxbwEAAP9V0oWh2DxUVS83rmVb2gJ5mMzjGnaOX9mZjx8/Nu5DeE0N+r6m2uSGjtwpbU7/" +
      "VuFwIPuPsVgFkMUJ3FPNqjtImcZ+gWtL++L7VPa933wc4YcBvzHeVnIPR2dmh1mqiDxZ6lYTe2QA////////" +
      "////////////////////////////////////////////////////////////////////////////////////" +
      "////////////////////////////////////////////////////////////////////////////////////" +
      "////////////////////////////////////////////////////////////////////////////////////" +
      "/////////////////////////////////////////////////////////////////////////////////4RQ" +
      "TQ36vqYq5jspuAAAAP9V2uSGjtwpbU7/VuFwIPuPsVgFkMUJ3FPNqjtImcZ+gWtL++L7VPa933wc4YcBvzHe" +
      "VnIPR2dmh1mqiDxZ6lYTe9KFodg8VFUvN65lW9oCeZjM4xp2jl/ZmY8fPzbuQ3hNDfq+pmQA////////////" +
      "////////////////////////////////////////////////////////////////////////////////////" +
      "/71Qzao7SJkJRBbIAAAAADWD4V0=",
  ),
  /** `compress(text, compression_level=12)`. */
  textHigh: decode(
    "BCJNGGhA/AMAAAAAAACT1gAAAP4ROTkgYm90dGxlcyBvZiBiZWVyIG9uIHRoZSB3YWxsLCAgAD8KOTgzAAwe" +
      "ODMAHzczAAweNzMAHzYzAAweNjMAHzUzAAweNTMAHzQzAAweNDMAHzMzAAweMzMAHzIzAAweMjMAHzEzAAwe" +
      "MTMAHzAzAAwdMDMAHzj+AQwuODkzAB84MwAMHjgzAB83MwAMHjczAB82MwAMHjYzAB81MwAMHjUzAB80MwAM" +
      "HjQzAB8zMwAMHjMzAB8yMwAMHjIzAB8xMwAMHjEzAA/+AQwKIABQYmVlcgoAAAAA",
  ),
  /** `compress(runs, content_checksum=True)`: matches at every small distance, long and short. */
  runs: decode(
    "BCJNGGxAshYAAAAAAADjQAEAAEEBAQECAQAUAwEAFwQBABoFAQAdBgEAHwcBAAEfCAEABB8JAQAHHwoBAAof" +
      "CwEADR8MAQAQHw0BABMfDgEAFh8PAQAZHxABABwfEQEAHx8SAQAiHxMBACUfFAEAKB8VAQArHxYBAC4fFwEA" +
      "MR8YAQA0HxkBADcfGgEAOh8bAQA9HxwBAEAfHQEAQx8eAQBGHx8BAEkfIAEATB8hAQBPHyIBAFIfIwEAVR8k" +
      "AQBYHyUBAFsfJgEAXh8nAQBhHygBAGQfKQEAZx8qAQBqHysBAG0fLAEAcB8tAQBzHy4BAHYfLwEAeR8wAQB8" +
      "HzEBAH8fMgEAgh8zAQCFHzQBAIgfNQEAix82AQCOHzcBAJEfOAEAlB85AQCXHzoBAJofOwEAnS9hYgIAOz94" +
      "eXoDAEQfdwQAPBB2UQAPBQDdUHZ3eHl6AAAAANsiGZY=",
  ),
  /** `compress(random(300), content_checksum=True, block_checksum=True)`: stored as it is. */
  random: decode(
    "BCJNGHxALAEAAAAAAAD6LAEAgMZ+gWtL++L7VPa933wc4YcBvzHeVnIPR2dmh1mqiDxZ6lYTe9KFodg8VFUv" +
      "N65lW9oCeZjM4xp2jl/ZmY8fPzbuQ3hNDfq+ptrkho7cKW1O/1bhcCD7j7FYBZDFCdxTzao7SJlS01KdBp/q" +
      "tcIGE5hJsgEerDKIMZxSRpVxNo9X9jkdFvqIdPWYfBdcQbttcY4PcFnHARsvMz2RwB2lDQ2rM41+Xo8+5mh0" +
      "pjqxw5MRqGTH28rgYOHzvwkAZ6LjJaAhMYfVYsWoT34uCWuUn7BtqZ5aC0ZwgLbPRwympSrYrPug67d5JHIj" +
      "kkiAxaanhbfXjJDkq2NEUmbjnDMl+V6qunNgXUtxfr6pjFcZccPKXuUqM6yIUWahe3VnZJpp729WQqAdUcUC" +
      "97uSReSYl1QAAAAA5JiXVA==",
  ),
};

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

/** Bytes of the linear congruential generator that the calls above are made with. */
export function random(count: number): Uint8Array {
  let x = 1;
  return Uint8Array.from({ length: count }, () => {
    x = Number(BigInt(x) * 1103515245n + 12345n & 0x7fffffffn);
    return x >> 16 & 255;
  });
}

/** `random(100) * 1500`. */
export function periodic(): Uint8Array {
  const period = random(100);
  return Uint8Array.from({ length: 150_000 }, (_, i) => period[i % 100]);
}

/**
 * `b"".join(b"%d bottles of beer on the wall, %d bottles of beer\n" % (n, n)` with n in
 * `range(99, 79, -1)`.
 */
export function text(): Uint8Array {
  let lines = "";
  for (let n = 99; n > 79; n--) {
    lines += `${n} bottles of beer on the wall, ${n} bottles of beer\n`;
  }
  return new TextEncoder().encode(lines);
}

/**
 * `b"".join(bytes([i]) * (i * 3) for i in range(1, 60)) + b"ab" * 40 + b"xyz" * 30 + b"wxyz" * 20 +
 * b"vwxyz" * 50`.
 */
export function runs(): Uint8Array {
  let all = "";
  for (let i = 1; i < 60; i++) all += String.fromCharCode(i).repeat(i * 3);
  all += "ab".repeat(40) + "xyz".repeat(30) + "wxyz".repeat(20) + "vwxyz".repeat(50);
  return new TextEncoder().encode(all);
}
