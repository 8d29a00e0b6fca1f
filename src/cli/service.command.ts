import type { Command } from 'commander';
import { migrateDatabase, openDatabase } from '../app.ts';
import { loadSettings } from '../config.ts';
import { count } from './arguments.ts';
import { diagnose, findingText } from './doctor.ts';
import { say } from './say.ts';

/**
 * The service itself: `demo`, `serve`, `worker`, `migrate`, `doctor`. What serves and works is loaded when it is asked for: the other
 * commands do not wait for it.
 */
export function addServiceCommands(program: Command): void {
  program
    .command('demo')
    .description(
      'everything on an embedded PostgreSQL with the shipped campaign and a generated bank, then serves it',
    )
    .option('--no-serve', 'end after the printed funnel')
    .option('--weeks <n>', 'weeks that are run; the bank has lived eight more before them', count, 60)
    .option('--customers <n>', 'customers of the bank', count, 20_000)
    .action(async (options: { serve: boolean; weeks: number; customers: number }) => {
      const { runDemo } = await import('./run-demo.ts');
      await runDemo(loadSettings(), options);
    });

  program
    .command('serve')
    .description('API, jobs and database in one process')
    .option('--no-jobs', 'the API alone')
    .action(async (options: { jobs: boolean }) => {
      const { serve } = await import('../main.ts');
      await serve(loadSettings(), options);
    });

  program
    .command('worker')
    .description('jobs alone; any number of them beside each other')
    .action(async () => {
      const { work } = await import('../worker.ts');
      await work(loadSettings());
    });

  program
    .command('migrate')
    .description('brings the database to this version')
    .action(async () => {
      const database = await openDatabase(loadSettings());
      const done = await migrateDatabase(database).finally(() => database.close());
      say(done.length === 0 ? 'The database is current.' : `Migrated: ${done.join(', ')}.`);
    });

  program
    .command('doctor')
    .description('says what is configured, reachable and current, and what to do about what is not')
    .action(async () => {
      const findings = await diagnose(loadSettings());
      say(findingText(findings));
      process.exitCode = findings.some(({ verdict }) => verdict === 'FAIL') ? 1 : 0;
    });
}
