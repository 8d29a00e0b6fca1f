import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** What each part of the house may import of the others (docs/architecture.md); adapters besides only their own folder. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: ['domain'],
  audit: ['audit'],
  store: ['store', 'audit', 'domain', 'migrations'],
  'use-cases': ['use-cases', 'store', 'audit', 'domain'],
  schema: ['schema', 'domain'],
  resolvers: ['resolvers', 'schema', 'use-cases', 'store', 'audit', 'domain'],
  jobs: ['jobs', 'use-cases', 'store', 'audit', 'domain'],
  adapters: ['domain'],
  demo: ['demo', 'domain'],
  config: ['setting-rules', 'domain'],
  'setting-rules': ['domain'],
  migrations: ['migrations'],
};
/** The only packages of the parts that must stay pure or thin. Parts not named here choose their own. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  domain: ['@casl/ability', 'croner'],
  audit: ['node:crypto', 'canonicalize'],
  'use-cases': [],
  schema: ['graphql', 'graphql-scalars', 'type-graphql'],
};
const IMPORT = /^(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;
const COMMENT = /\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/.*$/gm;
const FORBIDDEN_IN_PURE =
  /Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(|randomUUID\(|randomBytes\(|getRandomValues\(|process\./;

interface Import {
  readonly type: boolean;
  readonly from: string;
}
interface Source {
  readonly path: string;
  readonly part: string;
  readonly code: string;
  readonly imports: readonly Import[];
}

function readSource(path: string): Source {
  const code = readFileSync(join(ROOT, path), 'utf8').replace(COMMENT, '');
  const imports = [...code.matchAll(IMPORT)].map(([, type, from, dynamic]) => ({
    type: type !== undefined,
    from: resolved(path, from ?? dynamic ?? ''),
  }));
  return { path, part: partOf(path), code, imports };
}

/** A path from the root for a file of ours, the name of the package otherwise. */
function resolved(path: string, from: string): string {
  if (from.startsWith('.')) return join(dirname(path), from);
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
}

/** `src/domain/week.ts` → domain; `src/app.ts` → app; `migrations/index.ts` → migrations. */
function partOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return (top === 'src' ? second : top).replace(/\.ts$/, '');
}

function isOurs(from: string): boolean {
  return from.endsWith('.ts');
}

const SOURCES = ['src', 'migrations']
  .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => readSource(relative(ROOT, join(entry.parentPath, entry.name))));

function offences(judge: (source: Source) => readonly string[]): string[] {
  return SOURCES.flatMap((source) => judge(source).map((offence) => `${source.path}: ${offence}`));
}

function mayImport({ path, part }: Source, from: string): boolean {
  if (from.startsWith('tests/')) return false;
  if (part === 'adapters' && from.startsWith(`${path.split('/').slice(0, 3).join('/')}/`)) return true;
  return MAY_IMPORT[part]?.includes(partOf(from)) ?? true;
}

describe('the house', () => {
  it('has files to judge', () => {
    expect(SOURCES.length).toBeGreaterThan(20);
    expect(SOURCES.flatMap(({ imports }) => imports).length).toBeGreaterThan(SOURCES.length);
  });

  it('is imported from the outside in', () => {
    expect(
      offences((source) =>
        source.imports.filter(({ from }) => isOurs(from) && !mayImport(source, from)).map(({ from }) => from),
      ),
    ).toEqual([]);
  });

  it('keeps packages out of what must stay pure, and TypeORM in the store', () => {
    const fits = ({ part }: Source, { from, type }: Import) => {
      // The transaction passes through a use case, which does nothing with it but hand it on.
      if (from === 'typeorm') return ['store', 'migrations'].includes(part) || (type && part === 'use-cases');
      return PACKAGES[part]?.includes(from) ?? true;
    };
    expect(
      offences((source) =>
        source.imports.filter((one) => !isOurs(one.from) && !fits(source, one)).map(({ from }) => from),
      ),
    ).toEqual([]);
  });

  it('has no cycles', () => {
    const importsOf = new Map(SOURCES.map(({ path, imports }) => [path, imports.map(({ from }) => from)]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      if (trail.includes(path) || done.has(path)) return;
      for (const from of importsOf.get(path) ?? []) visit(from, [...trail, path]);
      done.add(path);
    };
    for (const { path } of SOURCES) visit(path, []);
    expect(cycles).toEqual([]);
  });

  it('has no barrels: files that only pass on', () => {
    expect(
      offences(({ code }) =>
        code.replace(/^(import|export)\s[^;]*?from\s+'[^']+';$/gm, '').trim() === '' ? ['barrel'] : [],
      ),
    ).toEqual([]);
    expect(offences(({ code }) => (/^export \*/m.test(code) ? ['export *'] : []))).toEqual([]);
  });

  it('names files after what they hold', () => {
    const named = /^(migrations|src)(\/[a-z0-9]+(-[a-z0-9]+)*)+(\.[a-z]+)?\.ts$/;
    const vague = /\b(utils?|helpers?|common|misc)\b/;
    expect(offences(({ path }) => (named.test(path) && !vague.test(path) ? [] : ['name']))).toEqual([]);
  });

  it('reads the clock, chance and the environment only at its edge', () => {
    const pure = ['domain', 'audit', 'use-cases'];
    expect(
      offences(({ part, code }) => (pure.includes(part) ? (FORBIDDEN_IN_PURE.exec(code) ?? []) : [])),
    ).toEqual([]);
    expect(
      offences(({ part, code }) => (part !== 'config' && /process\.env/.test(code) ? ['process.env'] : [])),
    ).toEqual([]);
  });
});
