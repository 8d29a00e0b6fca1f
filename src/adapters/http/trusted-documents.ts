import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { z } from 'zod';
import { refuse } from '../../domain/refusal.ts';

/** A persisted-query manifest, as `generate-persisted-query-manifest` of Apollo writes it. */
const MANIFEST = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), name: z.string(), type: z.string(), body: z.string() })),
});
const EXTENSION = z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) });

/** How a request names its operation: by text, by documentId (GraphQL over HTTP) or by hash (Apollo). */
export interface AskedDocument {
  readonly query?: unknown;
  readonly documentId?: unknown;
  readonly extensions?: unknown;
}

/** A manifest that cannot be used: says which file and what is wrong with it. */
export class TrustedDocumentsError extends Error {
  constructor(file: string, rule: string) {
    super(`${file}: ${rule}`);
    this.name = 'TrustedDocumentsError';
  }
}

/** The operations that each client may send; every other one is refused. */
export class TrustedDocuments {
  private constructor(
    /** By client: the bodies of its operations by the SHA-256 of the body in hex. */
    private readonly clients: ReadonlyMap<string, ReadonlyMap<string, string>>,
  ) {}

  /** Reads `<client>.json` of a folder. Throws TrustedDocumentsError on what is no manifest. */
  static async open(folder: string): Promise<TrustedDocuments> {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
    if (names.length === 0) throw new TrustedDocumentsError(folder, 'there is no manifest <client>.json');
    const clients = new Map<string, ReadonlyMap<string, string>>();
    for (const name of names) {
      const file = join(folder, name);
      clients.set(name.slice(0, -'.json'.length), readManifest(file, await readFile(file, 'utf8')));
    }
    return new TrustedDocuments(clients);
  }

  /** How many operations each client may send. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.clients].map(([client, documents]) => [client, documents.size]));
  }

  /** The text of the operation that a client asks for; refuses one that is not the client's. */
  textOf(client: string | null, asked: AskedDocument): string {
    const documents = client === null ? undefined : this.clients.get(client);
    if (documents === undefined)
      return refuse(
        'FORBIDDEN',
        'TRUSTED_CLIENT',
        'No operations are registered for the application of this token.',
      );
    const text = documents.get(hashOf(asked) ?? '');
    return (
      text ??
      refuse(
        'BAD_INPUT',
        'TRUSTED_DOCUMENT',
        'This operation is not registered for this application: build its manifest anew and have it registered.',
      )
    );
  }

  /** Operations that this release's schema no longer answers, each with the first thing that is wrong. */
  faults(schema: GraphQLSchema): readonly string[] {
    return [...this.clients].flatMap(([client, documents]) =>
      [...documents].flatMap(([hash, text]) => {
        const [fault] = faultsOf(schema, text);
        return fault === undefined ? [] : [`${client} ${hash.slice(0, 12)}: ${fault.message}`];
      }),
    );
  }
}

function hashOf({ query, documentId, extensions }: AskedDocument): string | undefined {
  if (typeof documentId === 'string') return documentId.replace(/^sha256:/, '').toLowerCase();
  const named = EXTENSION.safeParse(extensions).data?.persistedQuery.sha256Hash;
  if (named !== undefined) return named.toLowerCase();
  return typeof query === 'string' ? sha256(query) : undefined;
}

function readManifest(file: string, text: string): ReadonlyMap<string, string> {
  const { data } = MANIFEST.safeParse(jsonOf(file, text));
  if (data === undefined)
    throw new TrustedDocumentsError(file, 'is no apollo-persisted-query-manifest of version 1');
  for (const { id, name, body } of data.operations) {
    if (id !== sha256(body))
      throw new TrustedDocumentsError(file, `the id of ${name} is not the SHA-256 of its body`);
  }
  return new Map(data.operations.map(({ id, body }) => [id, body]));
}

function jsonOf(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new TrustedDocumentsError(file, 'is no JSON');
    throw error;
  }
}

function faultsOf(schema: GraphQLSchema, text: string): readonly GraphQLError[] {
  try {
    return validate(schema, parse(text));
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
