import { ArgsType, type ClassType, Field, Int } from 'type-graphql';
import { isCustomer } from '../domain/customer.ts';
import { refuse } from '../domain/refusal.ts';
import { isWeek } from '../domain/week.ts';
import type { PageInfo } from '../schema/connection.type.ts';
import { isUuid, type Slice } from '../store/slice.ts';

/** The arguments of a connection. */
export interface PageArguments {
  /** How many items are asked for. */
  readonly size: number;
  readonly after?: string | null;
}

/** The arguments `first` and `after`; `usual` is how many items a page has where the client does not say. */
function pageArguments(usual: number): ClassType<PageArguments> {
  @ArgsType()
  class Arguments implements PageArguments {
    @Field(() => Int, { nullable: true, defaultValue: usual, description: 'At most 200.' })
    readonly first?: number | null;

    @Field(() => String, { nullable: true, description: 'The endCursor of the page before.' })
    readonly after?: string | null;

    get size(): number {
      return this.first ?? usual;
    }
  }
  return Arguments;
}

export const PageOf20 = pageArguments(20);
export const PageOf50 = pageArguments(50);
export const PageOf60 = pageArguments(60);

/** What a part of a list's key looks like. */
const KEY_PARTS = {
  text: (part: string) => part.length <= 1000 && part.isWellFormed() && !part.includes('\0'),
  count: (part: string) => /^\d{1,9}$/.test(part),
  customer: isCustomer,
  week: isWeek,
  id: isUuid,
  instant: (part: string) =>
    /^\d{4}-/.test(part) && !Number.isNaN(Date.parse(part)) && new Date(part).toISOString() === part,
} as const satisfies Record<string, (part: string) => boolean>;
export type KeyPart = keyof typeof KEY_PARTS;

/** A list that is read page by page, each from the key on that the one before ended with. */
export interface List<Node> {
  readonly key: readonly KeyPart[];
  readonly keyOf: (node: Node) => readonly string[];
  /** Answers one more than `slice.first` where there is one. */
  readonly read: (slice: Slice) => Promise<readonly Node[]>;
  /** Asked only when the client asks. */
  readonly count: () => Promise<number>;
}

/** One page of a list, as a connection of the API shows it. */
export class Page<Node> {
  readonly #count: () => Promise<number>;

  constructor(
    readonly edges: readonly { readonly node: Node; readonly cursor: string }[],
    readonly pageInfo: PageInfo,
    count: () => Promise<number>,
  ) {
    this.#count = count;
  }

  get nodes(): readonly Node[] {
    return this.edges.map(({ node }) => node);
  }

  get totalCount(): Promise<number> {
    return this.#count();
  }
}

/** Reads a page. Refuses what is no cursor of this list. */
export async function pageOf<Node>({ size, after }: PageArguments, list: List<Node>): Promise<Page<Node>> {
  const slice: Slice = { first: size, after: after == null ? null : keyIn(after, list.key) };
  const rows = await list.read(slice);
  const edges = rows.slice(0, slice.first).map((node) => ({ node, cursor: cursorOf(list.keyOf(node)) }));
  const pageInfo = {
    hasNextPage: rows.length > slice.first,
    hasPreviousPage: slice.after !== null,
    startCursor: edges.at(0)?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
  return new Page(edges, pageInfo, list.count);
}

function cursorOf(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function keyIn(cursor: string, parts: readonly KeyPart[]): readonly string[] {
  const key = parsed(Buffer.from(cursor, 'base64url').toString());
  const fits = (part: unknown, place: number): part is string => {
    const form = parts[place];
    return form !== undefined && typeof part === 'string' && KEY_PARTS[form](part);
  };
  if (!Array.isArray(key) || key.length !== parts.length || !key.every(fits)) {
    return refuse('BAD_INPUT', 'CURSOR', '`after` is not a cursor of this list.');
  }
  return key;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
