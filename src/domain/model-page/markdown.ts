/** Characters that are not seen and change how others are read: controls, and those of the direction and the joining of text. */
const UNSEEN = /\p{Cf}|(?!\s)\p{Cc}/gu;

/** One line of what somebody delivered, as it is seen: white space is one space, and nothing unseen is left. */
export function visible(text: string): string {
  return text.toWellFormed().replace(UNSEEN, '').replace(/\s+/g, ' ').trim();
}

/**
 * Delivered text as Markdown that shows it and does nothing: no markup, no link, no image, no cell of a table comes of it, in CommonMark
 * and with what others add to it (tables, bare addresses, formulas).
 */
export function plain(text: string): string {
  return visible(text)
    .replace(/[\\`*_{}[\]<>#|~&!$@^]/g, '\\$&')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/(?<=www)\./gi, '\\.')
    .replace(/^([+=-])/, '\\$1')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2');
}

/** A line of what the service itself writes, its parts escaped by whoever makes them. */
export type Markdown = string;

/** Blocks with an empty line between them; those that are empty are left out. */
export function blocks(...parts: readonly Markdown[]): Markdown {
  return parts.filter((part) => part !== '').join('\n\n');
}

export function bullets(items: readonly Markdown[]): Markdown {
  return items.map((item) => `- ${item}`).join('\n');
}

/** A table of cells that are Markdown; the columns named in `numbers` (from 0) stand to the right. */
export function table(
  head: readonly Markdown[],
  rows: readonly (readonly Markdown[])[],
  numbers: readonly number[] = [],
): Markdown {
  const line = (cells: readonly Markdown[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (numbers.includes(column) ? '---:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
