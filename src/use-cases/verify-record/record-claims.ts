/** A value of a row as entry and row are compared: instants in ISO 8601, content by its digest. */
export type ClaimValue = string | number | boolean | null;
export type ClaimFields = Readonly<Record<string, ClaimValue>>;

/** What the log says of one row. */
export interface Claim {
  /** The entry that speaks of it first. */
  readonly entry: number;
  /** The last value said of each field, and the entry that said it. */
  readonly fields: ReadonlyMap<string, { readonly value: ClaimValue; readonly entry: number }>;
}

interface GrowingClaim extends Claim {
  readonly fields: Map<string, { value: ClaimValue; entry: number }>;
}

/** What the log says of all rows: by table and key, in the order in which it speaks of them. */
export class RecordClaims {
  readonly #tables = new Map<string, Map<string, GrowingClaim>>();

  /** Takes what an entry says of a row. */
  say(table: string, id: string, entry: number, fields: ClaimFields): void {
    const rows = this.#tables.get(table) ?? new Map<string, GrowingClaim>();
    this.#tables.set(table, rows);
    const claim = rows.get(id) ?? { entry, fields: new Map() };
    rows.set(id, claim);
    for (const [field, value] of Object.entries(fields)) claim.fields.set(field, { value, entry });
  }

  of(table: string, id: string): Claim | undefined {
    return this.#tables.get(table)?.get(id);
  }

  /** The last value said of a field, undefined where nothing was. */
  value(table: string, id: string, field: string): ClaimValue | undefined {
    return this.of(table, id)?.fields.get(field)?.value;
  }

  all(table: string): ReadonlyMap<string, Claim> {
    return this.#tables.get(table) ?? new Map();
  }
}
