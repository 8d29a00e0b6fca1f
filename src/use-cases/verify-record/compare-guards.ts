import type { Guards } from '../../store/guard.reads.ts';
import { type RecordFault, recordFault } from './record-fault.ts';

/** What a release never leaves to others: what nobody may add to what it made. */
const NOBODY_ADDS = /^CREATE (CONSTRAINT )?TRIGGER |^grant .* to (waarom_app|public);$/;

/**
 * The first guard that is not the one of this release. Whoever looks after the database may add indexes, tables and rights of
 * their own roles; triggers and rights of the service they may not.
 */
export function compareGuards({ found, expected, strange }: Guards): RecordFault | undefined {
  const [first] = strange;
  if (first !== undefined) return fault(first, 'no release makes it so');
  const has = new Set(pieces(found));
  const due = new Set(pieces(expected));
  const lost = [...due].find((piece) => !has.has(piece));
  if (lost !== undefined) {
    const now = [...has].find((piece) => !due.has(piece) && nameOf(piece) === nameOf(lost));
    return fault(nameOf(lost), now === undefined ? 'it is gone' : stateOf(now));
  }
  const added = [...has].find((piece) => !due.has(piece) && NOBODY_ADDS.test(piece));
  return added === undefined ? undefined : fault(nameOf(added), 'it is not of this release');
}

function pieces(dump: string): readonly string[] {
  return dump
    .split(/\n{2,}/)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '' && !piece.startsWith('-- '));
}

function nameOf(piece: string): string {
  const [line = ''] = piece.split('\n');
  const trigger = /^CREATE (?:CONSTRAINT )?TRIGGER (\S+) .*? ON (?:public\.)?(\S+) /.exec(line);
  if (trigger !== null) return `trigger ${trigger[1]} of ${trigger[2]}`;
  const right = /^grant .* on (.+) to (\S+);$/.exec(line);
  if (right !== null) return `rights of ${right[2]} on ${right[1]}`;
  const thing =
    /^create (?:or replace |unlogged |unique )?(table|function|index|sequence|domain|view) (?:public\.)?([^\s(]+)/i.exec(
      line,
    );
  return thing === null ? line.slice(0, 80) : `${thing[1]?.toLowerCase()} ${thing[2]}`;
}

function stateOf(piece: string): string {
  return piece.endsWith('-- disabled') ? 'it is disabled' : 'it was changed';
}

function fault(id: string, message: string): RecordFault {
  return recordFault('schema', id, 'GUARD', message);
}
