import type { CheckName } from '../domain/campaign.ts';
import { type Check, check } from '../domain/check.ts';
import type { FeedContract } from '../domain/feed-contract.ts';
import { FeedRowParser, type RowBlock, type RowFault, type RowRules } from '../domain/feed-row.ts';
import { judgeHeader } from '../domain/feed-schema.ts';
import type { ManifestFile } from '../domain/manifest.ts';
import type { FeedDelivery, FeedFile } from '../domain/ports.ts';
import type { Measure, RejectedRow } from '../store/run-record.store.ts';

/** Leaves a step: the checks halt the run, and nothing of what the step did stays but them, the rejected rows and what was measured. */
export class HaltedByChecks extends Error {
  constructor(
    readonly checks: readonly Check[],
    readonly rejected: readonly RejectedRow[] = [],
    readonly measures: readonly Measure[] = [],
  ) {
    super(checks.map(({ message }) => message).join('\n'));
    this.name = 'HaltedByChecks';
  }
}

/** Halts on one fault of a feed. */
export function haltFeed(
  name: CheckName,
  facts: { measured: string; limit: string; message: string; subject?: string },
): never {
  throw new HaltedByChecks([check(name, 'HALT', facts)]);
}

/** Halts on a fault that stands on a line of a file. */
export function haltAt(name: CheckName, file: string, fault: RowFault, limit: string): never {
  haltFeed(name, {
    measured: `line ${fault.line}`,
    limit,
    message: placeOf({ file, ...fault }),
    subject: fault.field,
  });
}

/** Where a row that is not used stands and why, as a person reads it. */
export function placeOf({ file, line, field, rule }: RejectedRow): string {
  return `${file}, line ${line}, ${field === '' ? '' : `${field} `}${rule}`;
}

/** More rejected rows of a file than these are counted, not listed. */
const LISTED_REJECTIONS = 10_000;
/** More faults of a header than these are not told. */
const LISTED_FAULTS = 20;

export interface ReadRules extends RowRules {
  readonly contract: FeedContract;
  /** Takes accepted rows, with the line of each. */
  readonly onBlock: (block: RowBlock, lines: Int32Array) => Promise<void>;
}

/**
 * Reads one file of a feed from front to back by its columns: accepted rows go to `onBlock`, the others to `rejected`.
 * Throws HaltedByChecks on a wrong header, forbidden data, a key that stands twice, and bytes that are not those of
 * feed.json; FeedError on bytes that cannot be read.
 */
export async function readFeedFile(
  delivery: FeedDelivery,
  promised: FeedDelivery['manifest']['files'][number],
  rules: ReadRules,
  rejected: RejectedRow[],
): Promise<ManifestFile> {
  const { name } = promised;
  await using file = await delivery.open(name);
  haltOnHeader(name, rules.contract, file.header);
  const counted = await readRows(name, file, rules, rejected);
  const digest = file.digest();
  haltOnOtherFile(promised, digest, counted.rows);
  return { name, digest: `sha256:${digest}`, ...counted };
}

async function readRows(
  name: string,
  file: FeedFile,
  rules: ReadRules,
  list: RejectedRow[],
): Promise<{ readonly rows: number; readonly rejected: number }> {
  const parser = new FeedRowParser(rules.contract, file.header, rules);
  let rows = 0;
  let rejected = 0;
  for await (const raw of file.blocks()) {
    const parsed = parser.parse(raw);
    rows += raw.rows + raw.ragged.length;
    for (const fault of parsed.rejected)
      if (rejected++ < LISTED_REJECTIONS) list.push({ file: name, ...fault });
    if (parsed.forbidden !== null) haltAt('FEED_FORBIDDEN', name, parsed.forbidden, 'no forbidden data');
    if (parsed.key !== null) haltAt('FEED_KEYS', name, parsed.key, 'each key once');
    if (parsed.block.rows > 0) await rules.onBlock(parsed.block, parsed.lines);
  }
  return { rows, rejected };
}

function haltOnHeader(name: string, contract: FeedContract, header: readonly string[]): void {
  const faults = judgeHeader(contract, header);
  if (faults.length === 0) return;
  throw new HaltedByChecks(
    faults.slice(0, LISTED_FAULTS).map((fault) =>
      check(fault.check, 'HALT', {
        measured: fault.field,
        limit: 'the columns of the feed contract',
        message: placeOf({ file: name, line: 1, ...fault }),
        subject: fault.field,
      }),
    ),
  );
}

function haltOnOtherFile(
  { name, sha256, rows: promised }: FeedDelivery['manifest']['files'][number],
  digest: string,
  rows: number,
): void {
  const counts = rows === promised ? '' : `it has ${rows} rows where feed.json says ${promised}`;
  if (digest !== sha256) {
    haltFeed('FEED_DIGEST', {
      measured: digest,
      limit: sha256,
      message: `${name} is not the file that feed.json names: its SHA-256 differs${counts === '' ? '' : `, and ${counts}`}`,
    });
  }
  if (rows !== promised) {
    haltFeed('FEED_DIGEST', {
      measured: String(rows),
      limit: String(promised),
      message: `${name} is not the file that feed.json names: ${counts}`,
    });
  }
}
