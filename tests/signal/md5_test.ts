import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { md5, portableMd5 } from "../../lib/signal/md5.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("the test suite of RFC 1321", () => {
  const cases: [string, string][] = [
    ["", "d41d8cd98f00b204e9800998ecf8427e"],
    ["a", "0cc175b9c0f1b6a831c399e269772661"],
    ["abc", "900150983cd24fb0d6963f7d28e17f72"],
    ["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
    ["abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"],
    [
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
      "d174ab98d277d9f5a5611c2c9f419d9f",
    ],
    ["1234567890".repeat(8), "57edf4a22be3c955ac49da2e2107b67a"],
  ];
  for (const [text, expected] of cases) {
    assertEquals(portableMd5(encode(text)), expected);
    assertEquals(md5(encode(text)), expected);
  }
});

Deno.test("every length around the padding gives what the runtime's MD5 gives", () => {
  const bytes = Uint8Array.from({ length: 200 }, (_, i) => (i * 151 + 17) & 0xff);
  for (let length = 0; length <= bytes.length; length++) {
    const part = bytes.subarray(0, length);
    assertEquals(
      portableMd5(part),
      createHash("md5").update(part).digest("hex"),
      `${length} bytes`,
    );
  }
});
