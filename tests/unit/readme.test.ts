import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { FIRST_QUERY } from '../../src/cli/first-query.ts';
import { buildApiSchema } from '../../src/resolvers/api-schema.ts';

const ROOT = join(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

describe('README.md', () => {
  it('begins with the query that the demo prints, and that the schema answers', () => {
    expect(README).toContain(`-d '${JSON.stringify({ query: FIRST_QUERY })}'`);
    expect(validate(buildApiSchema(), parse(FIRST_QUERY))).toEqual([]);
  });

  it('has the line by which the tests are run elsewhere', () => {
    const [, line] = /Test it:\n```sh\n(.*)\n```/.exec(README) ?? [];
    const run = readFileSync(join(ROOT, '.ci/run'), 'utf8').trimEnd().split('\n');
    expect(run.at(-1)).toBe(line);
  });
});
