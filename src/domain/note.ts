import { forbiddenValue } from './forbidden-data.ts';
import { refuse } from './refusal.ts';

/** Longer notes are reports; they have no place in a log. */
const LONGEST_NOTE = 2000;

/** Refuses a note that says nothing, is too long, or holds what looks like forbidden data: notes are kept, and most stand in the log. */
export function needNote(note: string): void {
  if (note.trim() === '') refuse('BAD_INPUT', 'NOTE', 'A note says why.');
  if (note.length > LONGEST_NOTE)
    refuse('BAD_INPUT', 'NOTE', `A note has at most ${LONGEST_NOTE} characters.`);
  const kind = forbiddenValue(note);
  if (kind !== null)
    refuse(
      'BAD_INPUT',
      'NOTE',
      `A note names nobody: this one holds what looks like forbidden data (${kind}).`,
    );
}

/** The same of a note that may be left out. */
export function checkNote(note: string | null): void {
  if (note !== null && note.trim() !== '') needNote(note);
}
