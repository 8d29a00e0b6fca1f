import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const VECTORS = join(import.meta.dirname, '../../../../shared/vectors');

/** Published test vectors lie beside the project, not in it. */
export const hasVectors = existsSync(VECTORS);

export function vectorPath(...parts: string[]): string {
  return join(VECTORS, ...parts);
}

export function readVector(...parts: string[]): Buffer {
  return readFileSync(vectorPath(...parts));
}

/** Every JSON file under a folder of vectors, with its parsed content of the given shape. */
export function jsonVectors<T>(...parts: string[]): { readonly name: string; readonly value: T }[] {
  return readdirSync(vectorPath(...parts), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({ name, value: JSON.parse(readVector(...parts, name).toString()) }));
}

export function fromBase64(text: string | null): Uint8Array {
  return Buffer.from(text ?? '', 'base64');
}
