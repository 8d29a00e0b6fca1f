import type { CheckName } from '../domain/campaign.ts';
import type { Check } from '../domain/check.ts';
import { check } from '../domain/check.ts';
import type { FeedContract } from '../domain/feed-contract.ts';
import { FeedRowParser, type RowBlock, type RowFault } from '../domain/feed-row.ts';
import { judgeHeader } from '../domain/feed-schema.ts';
import type { ManifestFile } from '../domain/manifest.ts';
import type { FeedDelivery } from '../domain/ports.ts';
import type { IsoDate } from '../domain/week.ts';
import type { RejectedRow } from '../store/run-record.store.ts';

/** Leaves a step: the checks halt the run, and nothing of what the step did stays but them and the rejected rows. */
export class HaltedByChecks extends Error {
  constructor(
    readonly checks: readonly Check[],
    readonly rejected: readonly RejectedRow[] = [],
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

export interface ReadRules {
  readonly contract: FeedContract;
  readonly lastDay: IsoDate;
  readonly uniqueKeys: boolean;
  readonly onBlock: (block: RowBlock) => Promise<void>;
}

/**
 * Reads one file of a feed from front to back by its columns: accepted rows go to `onBlock`, the others are answered.
 * Throws HaltedByChecks on a wrong header, forbidden data, a key that stands twice, and bytes that are not those of feed.json.
 */
export async function readFeedFile(
  delivery: FeedDelivery,
  name: string,
  rules: ReadRules,
): Promise<{ readonly file: ManifestFile; readonly rejected: readonly RejectedRow[] }> {
  const promised = delivery.manifest.files.find((file) => file.name === name);
  if (promised === undefined)
    return haltFeed('FEED_MANIFEST', {
      measured: 'absent',
      limit: name,
      message: `feed.json does not name ${name}`,
    });
  const file = await delivery.open(name);
  const faults = judgeHeader(rules.contract, file.header);
  if (faults.length > 0) {
    throw new HaltedByChecks(
      faults.map((fault) =>
        check(fault.check, 'HALT', {
          measured: fault.field,
          limit: 'the columns of the feed contract',
          message: `${name}, line 1, ${fault.field} ${fault.rule}`,
          subject: fault.field,
        }),
      ),
    );
  }
  const parser = new FeedRowParser(rules.contract, file.header, rules);
  const rejected: RejectedRow[] = [];
  let rows = 0;
  for await (const raw of file.blocks()) {
    const parsed = parser.parse(raw);
    rows += raw.rows + raw.ragged.length;
    if (parsed.forbidden !== null) haltAt('FEED_FORBIDDEN', name, parsed.forbidden, 'no forbidden data');
    if (parsed.key !== null) haltAt('FEED_KEYS', name, parsed.key, 'each key once');
    for (const fault of parsed.rejected) rejected.push({ file: name, ...fault });
    if (parsed.block.rows > 0) await rules.onBlock(parsed.block);
  }
  const digest = file.digest();
  if (digest !== promised.sha256) {
    haltFeed('FEED_DIGEST', {
      measured: digest,
      limit: promised.sha256,
      message: `${name} is not the file that feed.json names: its SHA-256 differs`,
    });
  }
  if (rows !== promised.rows) {
    haltFeed('FEED_DIGEST', {
      measured: String(rows),
      limit: String(promised.rows),
      message: `${name} has ${rows} rows where feed.json says ${promised.rows}`,
    });
  }
  return { file: { name, digest: `sha256:${digest}`, rows, rejected: rejected.length }, rejected };
}

function haltAt(checkName: CheckName, file: string, fault: RowFault, limit: string): never {
  haltFeed(checkName, {
    measured: `line ${fault.line}`,
    limit,
    message: `${file}, line ${fault.line}, ${fault.field} ${fault.rule}`,
    subject: fault.field,
  });
}
