import { assertEquals } from "@std/assert";
import { MdfTime } from "../../lib/signal/start_time.ts";
import { BlockFile, corpusFileTest, corpusGolden, eachWay } from "./_block_file.ts";

/** 2011-08-24T13:53:19.000000259 in UTC, as nanoseconds. */
const NS = 1314193999000000259n;

async function startOf(
  fields: { flags: number; zone: number; daylight: number; ns?: bigint },
  check: (start: MdfTime, raw: bigint) => void,
): Promise<void> {
  const bytes = new BlockFile().bytes({}, {
    hd_start_time_ns: fields.ns ?? NS,
    hd_tz_offset_min: fields.zone,
    hd_dst_offset_min: fields.daylight,
    hd_time_flags: fields.flags,
  });
  await eachWay(bytes, (mdf) => check(mdf.startTime, mdf.startTimeNs));
}

Deno.test("trap 35: offsets that are valid are in minutes, and move the clock but not the instant", async () => {
  await startOf({ flags: 2, zone: 60, daylight: 60 }, (start, raw) => {
    assertEquals(raw, NS);
    assertEquals([start.ns, start.local], [NS, false]);
    assertEquals([start.zoneMinutes, start.daylightMinutes, start.offsetMinutes], [60, 60, 120]);
    assertEquals(String(start), "2011-08-24T15:53:19.000000259+02:00");
    assertEquals(start.toDate().toISOString(), "2011-08-24T13:53:19.000Z");
  });
});

Deno.test("trap 35: a local time has no zone applied, whatever the offsets and the other flag say", async () => {
  for (const flags of [1, 3]) {
    await startOf({ flags, zone: 60, daylight: 60 }, (start, raw) => {
      assertEquals(raw, NS);
      assertEquals([start.ns, start.local], [NS, true]);
      assertEquals([start.zoneMinutes, start.daylightMinutes], [undefined, undefined]);
      assertEquals(start.offsetMinutes, undefined);
      assertEquals(String(start), "2011-08-24T13:53:19.000000259");
      assertEquals(start.toDate().getUTCHours(), 13);
    });
  }
});

Deno.test("trap 35: offsets that are not said to be valid do not count", async () => {
  await startOf({ flags: 0, zone: 60, daylight: 60 }, (start) => {
    assertEquals([start.local, start.zoneMinutes, start.daylightMinutes], [
      false,
      undefined,
      undefined,
    ]);
    assertEquals(String(start), "2011-08-24T13:53:19.000000259Z");
  });
});

Deno.test("zones west of UTC and zones of odd minutes keep their sign and their minutes", async () => {
  await startOf({ flags: 2, zone: -210, daylight: 60, ns: 0n }, (start) => {
    assertEquals(start.offsetMinutes, -150);
    assertEquals(String(start), "1969-12-31T21:30:00-02:30");
    assertEquals(JSON.stringify({ start }), '{"start":"1969-12-31T21:30:00-02:30"}');
  });
  await startOf({ flags: 2, zone: 345, daylight: 0, ns: 1_500_000n }, (start) => {
    assertEquals(String(start), "1970-01-01T05:45:00.0015+05:45");
  });
  await startOf({ flags: 2, zone: 0, daylight: 0 }, (start) => {
    assertEquals(String(start).slice(-6), "+00:00");
  });
  await startOf({ flags: 2, zone: -1, daylight: 0, ns: 1n }, (start) => {
    assertEquals(String(start), "1969-12-31T23:59:00.000000001-00:01");
  });
});

Deno.test("the latest time that the format can hold is a date", async () => {
  await startOf({ flags: 0, zone: 0, daylight: 0, ns: 2n ** 64n - 1n }, (start) => {
    assertEquals(String(start), "2554-07-21T23:34:33.709551615Z");
  });
});

for (const [path, { startTime }] of Object.entries(corpusGolden())) {
  corpusFileTest(`the start time of ${path}`, path, async (bytes) => {
    await eachWay(bytes, (mdf) => {
      const start = mdf.startTime;
      const expected = new Date(startTime);
      assertEquals(start.toDate().getTime(), expected.getTime());
      // The reference calls local times UTC; else its offset is the one of the file.
      const offset = /([+-])(\d\d):(\d\d)$/.exec(startTime)!;
      const minutes = Number(`${offset[1]}1`) * (60 * Number(offset[2]) + Number(offset[3]));
      assertEquals(start.offsetMinutes ?? 0, minutes);
      assertEquals(String(start).slice(0, 19), startTime.slice(0, 19));
    });
  });
}
