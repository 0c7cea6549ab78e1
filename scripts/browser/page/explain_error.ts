/**
 * Errors in words: what happened, where, and what to do.
 *
 * @module
 */
import { isMdfError, type MdfError, type MdfErrorCode } from "../../../mod.ts";

/** An error as it is shown. */
export interface Explanation {
  /** What kind of problem it is. */
  title: string;
  /** The error's own words. */
  reason: string;
  /** File, block, offset and path, as far as they are known. */
  place: string;
  /** What can be done. */
  advice: string;
  /** Whether opening around the damage may help. */
  skippable: boolean;
  /** Name of the error's class. */
  type: string;
}

const WORDS: Readonly<Record<MdfErrorCode, [title: string, advice: string]>> = {
  "aborted": ["Cancelled", "Start again when you like."],
  "ambiguous-channel": ["Several channels have this name", "Choose one in the list."],
  "channel-not-found": ["There is no such channel", "Choose one in the list."],
  "corrupt": [
    "The file is damaged",
    "It contradicts the format at the place named below. Try a fresh copy; if this one is all " +
    "there is, what can be read may still be opened.",
  ],
  "limit": [
    "The file asks for more than is safe",
    "It is very large in an unusual way, or damaged.",
  ],
  "not-mdf": [
    "This is no MDF 4 file",
    "Choose a file that ends in .mf4. Files of version 3 (.mdf, .dat) have another format.",
  ],
  "source": ["The file cannot be reached", "Check that it is still there and may be read."],
  "source-changed": ["The file changed while it was read", "Open it again."],
  "stale-index": [
    "The index belongs to another version of the file",
    "Open the file without the index, and make a new one.",
  ],
  "truncated": [
    "The file ends too early",
    "Part of it is missing: the copy or the recording broke off. What is there may still be opened.",
  ],
  "unsupported": [
    "The file uses something that this browser cannot read",
    "Other channels are readable. With Deno or Node, more kinds of compression are.",
  ],
  "usage": ["This cannot be done", "See below for the reason."],
};

const CHECK_ADDRESS = "Check the address, and that the server is running.";
const NOT_ALLOWED =
  "If the address opens in a tab of its own, its server does not let other pages read it: it has " +
  "to send Access-Control-Allow-Origin, and Access-Control-Expose-Headers: Content-Range.";

/** The words for an error. `remote` is whether the file lies behind an address. */
export function explainError(error: unknown, remote = false): Explanation {
  if (!isMdfError(error)) return unknownError(error);
  const [title, advice] = WORDS[error.code] ?? WORDS.usage;
  return {
    title,
    reason: sentence(error.reason),
    place: placeOf(error),
    advice: error.code === "source" && remote ? remoteAdvice(error) : advice,
    skippable: error.code === "corrupt" || error.code === "truncated" ||
      error.code === "unsupported",
    type: error.name,
  };
}

/** Browsers hide why a request failed, and headers that the server does not expose. */
function remoteAdvice({ reason, cause }: MdfError): string {
  return cause instanceof TypeError || reason.includes("Content-Range")
    ? NOT_ALLOWED
    : CHECK_ADDRESS;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function unknownError(error: unknown): Explanation {
  const { name, message } = error instanceof Error
    ? error
    : { name: "Error", message: String(error) };
  return {
    title: "The page failed",
    reason: message,
    place: "",
    advice: "This is a mistake of the page. Reload it; the file is unharmed.",
    skippable: false,
    type: name,
  };
}

/** Where the problem sits: `CN block at offset 4,096 (0x1000), HD>DG[0]>CG[0]>CN[2]`. */
function placeOf({ file, block, offset, path }: MdfError): string {
  const at = offset === undefined
    ? ""
    : `offset ${offset.toLocaleString("en")} (0x${offset.toString(16)})`;
  const where = block === undefined ? at : `${block} block${at && ` at ${at}`}`;
  return [file, where, path].filter(Boolean).join(" · ");
}
