import { type ClassType, Field, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Where a page begins and ends, and whether there is more (Relay).' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there are more after this page.' })
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether this page came after another.' })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Of the first item; null of an empty page.' })
  readonly startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Of the last item, for `after`; null of an empty page.',
  })
  readonly endCursor!: string | null;
}

/** One page of a list, as a connection of the API shows it. */
export interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly edges: readonly { readonly node: Node; readonly cursor: string }[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number;
}

/** The Relay connection of an object type: `<name>Connection` and its `<name>Edge`. */
export function connectionOf<Node extends object>(
  name: string,
  node: ClassType<Node>,
): ClassType<Page<Node>> {
  @ObjectType(`${name}Edge`, { description: 'An item of a page, and where it stands in the list.' })
  class Edge {
    @Field(() => node, { description: 'The item.' })
    readonly node!: Node;

    @Field(() => String, { description: 'Where the item stands in the list, for `after`.' })
    readonly cursor!: string;
  }

  @ObjectType(`${name}Connection`, {
    description: 'A page of a list; pass endCursor as `after` for the next.',
  })
  class Connection implements Page<Node> {
    @Field(() => [node], { description: 'The items of the page.' })
    readonly nodes!: readonly Node[];

    @Field(() => [Edge], { description: 'The same items, each with its cursor.' })
    readonly edges!: readonly Edge[];

    @Field(() => PageInfo, { description: 'Where the page begins and ends.' })
    readonly pageInfo!: PageInfo;

    @Field(() => Int, { description: 'How many there are on all pages together.' })
    readonly totalCount!: number;
  }
  return Connection;
}
