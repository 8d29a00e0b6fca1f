import { type AuditTransaction, bytesIn, selectRows } from './audit-transaction.ts';
import { type AuditEntry, parseEntry } from './entry.ts';

/** Which acts: of these kinds, about one of the subjects, or by one of the actors in a campaign. */
export type Asked =
  | { readonly actions: readonly string[]; readonly subjects: readonly string[] }
  | { readonly actions: readonly string[]; readonly actors: readonly string[]; readonly campaign: string };

/**
 * What was done, refused attempts left out, in the order of the log; what is staged and has no place in it yet comes last.
 * Throws where something logged is no entry.
 */
export async function entriesAbout(db: AuditTransaction, asked: Asked): Promise<readonly AuditEntry[]> {
  const bySubject = 'subjects' in asked;
  const where = bySubject ? 'subject = any ($2)' : 'actor = any ($2) and campaign = $3';
  // One statement: an entry that gets its place meanwhile is in exactly one of the two.
  const rows = await selectRows(
    db,
    `select bytes from (
       select 0 as part, index as place, bytes from audit_entry where action = any ($1) and ${where}
       union all
       select 1, id, bytes from audit_staged) as entries order by part, place`,
    bySubject ? [asked.actions, asked.subjects] : [asked.actions, asked.actors, asked.campaign],
  );
  const isAsked = ({ action, subject, actor, campaign }: AuditEntry) =>
    asked.actions.includes(action) &&
    (bySubject
      ? asked.subjects.includes(subject ?? '')
      : asked.actors.includes(actor) && campaign === asked.campaign);
  return rows.map(readEntry).filter((entry) => entry.refusal === null && isAsked(entry));
}

function readEntry(row: Parameters<typeof bytesIn>[0]): AuditEntry {
  const entry = parseEntry(bytesIn(row, 'bytes'));
  if (entry === undefined) throw new Error('audit log: an entry is not readable');
  return entry;
}
