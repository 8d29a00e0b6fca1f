import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import type { Database } from './store/transaction.ts';

/** What is measured of the work itself, beside the API: read from the database when somebody looks. */
export function measureRuns(registry: Registry, db: Database): void {
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labelNames: readonly string[], sql: string) =>
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      async collect() {
        const rows: (Record<string, string> & { count: number })[] = await db.query(sql);
        this.reset();
        for (const { count, ...labels } of rows) this.set(labels, count);
      },
    });
  gauge(
    'waarom_runs',
    'Current runs, by campaign and status',
    ['campaign', 'status'],
    'select campaign, status, count(*)::int as count from run where current group by campaign, status',
  );
  gauge(
    'waarom_incidents_open',
    'Incidents that nobody resolved yet, by kind',
    ['kind'],
    'select kind, count(*)::int as count from incident where resolved_at is null group by kind',
  );
  gauge(
    'waarom_audit_entries_staged',
    'Entries that wait for their place in the audit log',
    [],
    'select count(*)::int as count from audit_staged',
  );
  gauge(
    'waarom_hand_offs_waiting',
    'Released batches that the mail tool does not have yet',
    [],
    'select count(*)::int as count from hand_off where delivered_at is null',
  );
  gauge(
    'waarom_engine_paused',
    'Pauses in force, by scope and campaign; a pause of everything has no campaign',
    ['scope', 'campaign'],
    `select scope, coalesce(campaign, '') as campaign, count(*)::int as count from engine_pause
     where resumed_at is null group by scope, campaign`,
  );
}
