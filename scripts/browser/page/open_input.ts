/**
 * From what was dropped, chosen or typed to an open file.
 *
 * @module
 */
import { blobSource, type ByteSource, httpSource, Mdf, type MdfIndex } from "../../../mod.ts";

/** Where a file lies. */
export type Place = { readonly file: File } | { readonly url: URL };

/** What was fetched so far. */
export class Traffic {
  /** Reads of a file, or requests to a server. */
  requests = 0;
  /** Bytes that came. */
  bytes = 0;
  readonly #onChange: () => void;

  /** `onChange` is called often; it should only take note. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Counts. */
  add(requests: number, bytes: number): void {
    this.requests += requests;
    this.bytes += bytes;
    this.#onChange();
  }
}

/** Settings of {@link openInput}. */
export interface OpenInputOptions {
  /** Opens without walking the file. */
  index?: MdfIndex;
  /** Leave out what is broken. */
  damaged?: "refuse" | "skip";
  signal: AbortSignal;
  traffic: Traffic;
}

/** Name of the file, as it is shown. */
export function placeName(place: Place): string {
  if ("file" in place) return place.file.name;
  const last = place.url.pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(last) || place.url.host;
  } catch {
    return last;
  }
}

/** Opens a file; what is fetched for it, now and later, is counted. */
export function openInput(place: Place, options: OpenInputOptions): Promise<Mdf> {
  const { index, damaged, signal, traffic } = options;
  const source = "file" in place
    ? countedReads(blobSource(place.file), traffic)
    : httpSource(place.url, {
      // What is kept in the browser's cache may be older than the rest of the file.
      fetch: (input, init) => fetch(input, { ...init, cache: "no-store" }),
      onRequest: ({ bytes }) => traffic.add(1, bytes),
    });
  return index ? Mdf.fromIndex(index, source, { signal }) : Mdf.open(source, { signal, damaged });
}

function countedReads(source: ByteSource, traffic: Traffic): ByteSource {
  return {
    name: source.name,
    validator: source.validator,
    size: (options) => source.size(options),
    async read(offset, length, options) {
      const bytes = await source.read(offset, length, options);
      traffic.add(1, bytes.length);
      return bytes;
    },
  };
}

/** The index in a JSON file, or undefined where the file holds something else. */
export async function readIndex(file: Blob): Promise<MdfIndex | undefined> {
  try {
    const data: unknown = JSON.parse(await file.text());
    return (data as Partial<MdfIndex> | null)?.format === "mf4-index"
      ? data as MdfIndex
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether a file may be an index, going by its name. */
export function mayBeIndex(file: File): boolean {
  return /\.json$/i.test(file.name) || file.type === "application/json";
}
