import { parseEntry } from './entry.ts';
import { summaryOf } from './summary.ts';

const COLUMNS = [
  'index',
  'at',
  'actor',
  'role',
  'action',
  'campaign',
  'subject',
  'digest',
  'requestId',
  'refusalCode',
  'refusalRule',
  'details',
  'summary',
] as const;

/** How an entry is written for people and other programs, a line each. */
export interface EntryLines {
  /** What stands before the first line. */
  readonly head: string;
  /** An entry's line; throws where the bytes are no entry. */
  readonly line: (index: number, bytes: Uint8Array) => string;
}

/** JSON Lines: index, the entry exactly as it was hashed, and what it says as a sentence. */
export const JSON_LINES: EntryLines = {
  head: '',
  line: (index, bytes) => {
    const summary = JSON.stringify(summaryOf(entryIn(index, bytes)));
    return `{"index":${index},"summary":${summary},"entry":${Buffer.from(bytes).toString()}}\n`;
  },
};

/** CSV as RFC 4180 has it, in UTF-8; what a spreadsheet would take for a formula has an apostrophe before it. */
export const CSV: EntryLines = {
  head: `${COLUMNS.join(',')}\r\n`,
  line: (index, bytes) => {
    const entry = entryIn(index, bytes);
    const { refusal, details } = entry;
    const row: Readonly<Record<(typeof COLUMNS)[number], string | null>> = {
      ...entry,
      index: `${index}`,
      refusalCode: refusal?.code ?? null,
      refusalRule: refusal?.rule ?? null,
      details: JSON.stringify(details),
      summary: summaryOf(entry),
    };
    return `${COLUMNS.map((column) => csvCell(row[column])).join(',')}\r\n`;
  },
};

/** A CSV cell. No spreadsheet runs it: whatever begins like a formula, also behind spaces, gets an apostrophe. */
export function csvCell(text: string | null): string {
  if (text === null) return '';
  const safe = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function entryIn(index: number, bytes: Uint8Array) {
  const entry = parseEntry(bytes);
  if (entry === undefined) throw new Error(`audit log: entry ${index} is not readable`);
  return entry;
}
