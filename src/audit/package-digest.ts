import { digestOf } from './digest.ts';

/**
 * The digest of a model package from those of its files, as `digestOf` gives them: over the lines
 * "name NUL 64-hex-digits LF", sorted by name (code units).
 */
export function packageDigest(fileDigests: Readonly<Record<string, string>>): string {
  const listing = Object.entries(fileDigests)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, digest]) => {
      const sha256 = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
      if (sha256 === undefined || /[\0\n]/.test(name)) throw new Error('not a file name and its digest');
      return `${name}\0${sha256}\n`;
    })
    .join('');
  return digestOf(listing);
}
