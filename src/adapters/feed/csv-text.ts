import { isUtf8 } from 'node:buffer';

const LF = 10;

export interface TextFault {
  /** Line ends before it. */
  readonly lines: number;
  readonly rule: string;
}

/** How many of the last bytes begin a character that the next chunk ends. */
export function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

/** What is wrong with bytes that should be UTF-8 text without NUL, null when nothing is. */
export function textFault(bytes: Buffer): TextFault | null {
  const nul = bytes.indexOf(0);
  const text = nul < 0 ? bytes : bytes.subarray(0, nul);
  if (!isUtf8(text)) return { lines: linesBeforeFault(text), rule: 'is not UTF-8' };
  if (nul < 0) return null;
  return { lines: lineEnds(text), rule: 'holds a NUL byte, as UTF-16 does: UTF-8 is due' };
}

function linesBeforeFault(bytes: Buffer): number {
  let lines = 0;
  for (let from = 0; ; lines++) {
    const end = bytes.indexOf(LF, from);
    if (end < 0 || !isUtf8(bytes.subarray(from, end))) return lines;
    from = end + 1;
  }
}

export function lineEnds(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) lines++;
  return lines;
}
