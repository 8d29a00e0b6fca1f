import pg from 'pg';
import type { RunStep } from '../../src/domain/run.ts';

/** Where a run can be struck: at the first row of a step that goes into a table, or at a function of the owner's. */
export type Place =
  | { readonly step: RunStep; readonly table: string; readonly event?: 'insert' | 'update' }
  | { readonly step: RunStep; readonly copyInto: 'snapshot_row' | 'decision' }
  | { readonly step: RunStep; readonly sealing: 'snapshot_row' | 'decision' };

/** How: the backend is ended as an operator would end it, or the statement fails. */
export type Blow = 'ended' | 'failed';

/**
 * Lets the database itself strike a run in the middle of a step, at a place that no timing can miss: a trigger or a
 * function of the owner's. Lay one at a time; `clear` takes it away.
 */
export class Trap {
  #functions: readonly string[] = [];
  #cleared: readonly string[] = [];

  private constructor(readonly owner: pg.Client) {}

  static async open(ownerUrl: string): Promise<Trap> {
    const owner = new pg.Client({ connectionString: ownerUrl });
    await owner.connect();
    const trap = new Trap(owner);
    const { rows } = await owner.query<{ definition: string }>(
      `select pg_get_functiondef(oid) as definition from pg_proc where proname in ('open_partition', 'seal_partition')`,
    );
    trap.#functions = rows.map(({ definition }) => definition);
    return trap;
  }

  async lay(place: Place, blow: Blow): Promise<void> {
    const strike =
      blow === 'ended' ? 'perform pg_terminate_backend(pg_backend_pid());' : `raise exception 'struck';`;
    // The log is written to when the run has gone on to its next step, so there the entry says which step it was.
    const due =
      'table' in place && place.table === 'audit_staged'
        ? `convert_from(new.bytes, 'UTF8') like '%"action":"run.${place.step.toLowerCase()}"%'`
        : `exists (select from run where current and step = '${place.step}')`;
    await this.owner.query(
      `create function strike() returns trigger language plpgsql security definer as $$
       begin
         if ${due} then ${strike} end if;
         return new;
       end $$`,
    );
    this.#cleared = ['drop function strike() cascade'];
    if ('table' in place) {
      const event = place.event ?? 'insert';
      await this.owner.query(
        `create trigger struck before ${event} on ${place.table} for each row execute function strike()`,
      );
      return;
    }
    // The partition is made in the very transaction that is to be struck, so its maker must lay the trap.
    const [name, before, after] =
      'copyInto' in place
        ? [
            'open_partition',
            'return child;',
            `if parent = '${place.copyInto}' then execute format('create trigger struck before insert on public.%I for each row when (new.row_no = 3) execute function public.strike()', child); end if; return child;`,
          ]
        : ['seal_partition', 'begin', `begin if parent = '${place.sealing}' then ${strike} end if;`];
    const definition = this.#functions.find((text) => text.includes(`FUNCTION public.${name}(`)) ?? '';
    await this.owner.query(definition.replace(new RegExp(`\\b${before}`), () => after));
    this.#cleared = [...this.#functions, 'drop function strike() cascade'];
  }

  async clear(): Promise<void> {
    for (const statement of this.#cleared) await this.owner.query(statement);
    this.#cleared = [];
  }

  close(): Promise<void> {
    return this.owner.end();
  }
}
