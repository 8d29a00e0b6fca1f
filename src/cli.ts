#!/usr/bin/env node
import { Command, InvalidArgumentError, Option } from 'commander';
import { migrateDatabase, openDatabase } from './app.ts';
import { EXPORT_FORMATS, type ExportFormat, exportAuditFolder } from './audit-commands.ts';
import { addWitnessed, type OfflineOptions, verifyExportFolder, verifyProofFile } from './audit-offline.ts';
import { applyCampaignFile, registerModelFile, runCampaignWeek } from './commands.ts';
import { loadSettings, SettingsError } from './config.ts';
import { diagnose, findingText } from './doctor.ts';
import { AUDIENCES } from './domain/explanation.ts';
import { ROLES, type Role } from './domain/permissions.ts';
import { RefusalError } from './domain/refusal.ts';
import { isWeek } from './domain/week.ts';
import { eraseByAge } from './erase-by-age.ts';
import { explainDecision } from './explain.ts';
import { issueToken } from './issue-token.ts';
import { serve } from './main.ts';
import { writeModelTemplate } from './model-template.ts';
import { reproduceWeek } from './reproduce.ts';
import { runDemo } from './run-demo.ts';
import type { AskedExplanation } from './use-cases/read-explanation.ts';
import { verifyAuditRecord } from './verify-audit.ts';
import { engineVersion } from './version.ts';
import { work } from './worker.ts';

/** Errors whose message says what to do. */
const TOLD = new Set([
  'SchemaVersionError',
  'EmbeddedPostgresError',
  'PackageError',
  'FeedError',
  'ScoringError',
  'ExportError',
  'RolledBackError',
]);

/** What is to be verified: the database where it is neither an export nor the proof of a decision. */
type VerifyOptions = Omit<OfflineOptions, 'export'> & { readonly export?: string; readonly proof?: string };

/** Whose decision, for whom, and where its proof goes. */
type ExplainOptions = Omit<AskedExplanation, 'language'> & {
  readonly language: 'NL' | 'EN';
  readonly proof?: string;
};

const program = new Command('waarom')
  .description('Runs the weekly mail decisions of a bank and answers for each of them.')
  .version(engineVersion().version);

program
  .command('demo')
  .description(
    'everything on an embedded PostgreSQL with the shipped campaign and a generated bank, then serves it',
  )
  .option('--no-serve', 'end after the printed funnel')
  .option('--weeks <n>', 'weeks of history', count, 60)
  .option('--customers <n>', 'customers of the bank', count, 20_000)
  .action((options: { serve: boolean; weeks: number; customers: number }) =>
    runDemo(loadSettings(), options),
  );

program
  .command('serve')
  .description('API, jobs and database in one process')
  .option('--no-jobs', 'the API alone')
  .action((options: { jobs: boolean }) => serve(loadSettings(), options));

program
  .command('worker')
  .description('jobs alone; any number of them beside each other')
  .action(() => work(loadSettings()));

program
  .command('migrate')
  .description('brings the database to this version')
  .action(async () => {
    const database = await openDatabase(loadSettings());
    const done = await migrateDatabase(database).finally(() => database.close());
    say(done.length === 0 ? 'The database is current.' : `Migrated: ${done.join(', ')}.`);
  });

program
  .command('campaign')
  .description('campaigns')
  .command('apply')
  .argument('<file>', 'campaign.yaml')
  .description('creates a campaign')
  .action(async (file: string) => say(await applyCampaignFile(loadSettings(), file)));

const model = program.command('model').description('model packages');

model
  .command('register')
  .argument('<path>', 'folder or zip of a model package')
  .description('registers a model package, runs the gates and prints them')
  .option('--figures', 'prints the figures of every gate', false)
  .action(async (path: string, { figures }: { figures: boolean }) =>
    say(await registerModelFile(loadSettings(), path, figures)),
  );

model
  .command('template')
  .argument('<folder>', 'a folder that is empty or not there yet')
  .description('writes an unfinished model package, every field explained')
  .option(
    '--campaign <campaign>',
    'a campaign.yaml, or the key of an applied campaign, for whose columns it is',
  )
  .action(async (folder: string, options: { campaign?: string }) =>
    say(await writeModelTemplate(loadSettings, folder, options.campaign ?? null)),
  );

program
  .command('run')
  .description('runs a week now; ends with 0 when done, 3 when a check halted it, 1 when it failed')
  .requiredOption('--campaign <key>')
  .addOption(new Option('--week <week>', 'ISO week; the week that is due when left out').argParser(week))
  .action(async (options: { campaign: string; week?: string }) => {
    const { text, exitCode } = await runCampaignWeek(loadSettings(), options.campaign, options.week ?? null);
    say(text);
    process.exitCode = exitCode;
  });

program
  .command('reproduce')
  .description(
    'executes a past week again from its record and prints the certificate; ends with 4 where it differs',
  )
  .requiredOption('--campaign <key>')
  .addOption(new Option('--week <week>', 'ISO week').argParser(week).makeOptionMandatory())
  .action(async (options: { campaign: string; week: string }) => {
    const { text, same } = await reproduceWeek(loadSettings(), options.campaign, options.week);
    say(text);
    process.exitCode = same ? 0 : 4;
  });

program
  .command('explain')
  .description('why a run decided on a customer as it did')
  .requiredOption('--campaign <key>')
  .addOption(new Option('--week <week>', 'ISO week').argParser(week).makeOptionMandatory())
  .requiredOption('--customer <id>')
  .addOption(new Option('--audience <audience>').choices(AUDIENCES).default('INTERNAL'))
  .addOption(new Option('--language <language>').choices(['NL', 'EN']).default('NL'))
  .option('--proof <file>', 'where to write the proof of the decision')
  .action(async ({ language, proof, ...asked }: ExplainOptions) => {
    const about = { ...asked, language: language === 'NL' ? 'nl' : 'en' } as const;
    say(await explainDecision(loadSettings(), about, proof ?? null));
  });

program
  .command('retain')
  .description('erases what is older than its kind is kept, as the jobs do once a day')
  .action(async () => say(await eraseByAge(loadSettings())));

const audit = program.command('audit').description('the audit log');

audit
  .command('verify')
  .description(
    'verifies the log in the database and everything that hangs on it, or with --export an exported log or with --proof the proof of a decision by itself; ends with 1 where something differs',
  )
  .option('--export <folder>', 'an exported log: needs --key, and neither settings nor database')
  .addOption(
    new Option(
      '--proof <file>',
      'the proof of a decision: needs --key, and neither settings nor database',
    ).conflicts(['export', 'witness', 'previous', 'mirror']),
  )
  .option('--key <vkey>', "the log's verifier key; several after a change of keys", each, [])
  .option('--witness <vkey>', 'a witness that must have cosigned a checkpoint; several', each, [])
  .option('--previous <file>', 'a checkpoint that was kept from an earlier look')
  .option('--mirror <folder>', 'another copy of the export')
  .action(async ({ export: folder, proof, ...held }: VerifyOptions) => {
    const offline = held.key.length > 0 || held.witness.length > 0 || held.mirror !== undefined;
    if (folder === undefined && proof === undefined && offline)
      program.error('--key, --witness and --mirror need --export, or --key needs --proof');
    const verified = () => {
      if (proof !== undefined) return verifyProofFile(proof, held.key);
      if (folder !== undefined) return verifyExportFolder({ ...held, export: folder });
      return verifyAuditRecord(loadSettings(), held.previous ?? null);
    };
    const { text, intact } = await verified();
    say(text);
    process.exitCode = intact ? 0 : 1;
  });

audit
  .command('export')
  .argument('<folder>')
  .description('exports what is signed of the log and not in the folder yet; safe beside the running service')
  .addOption(
    new Option('--format <format>', 'tiles to be verified, or lines to be read')
      .choices(EXPORT_FORMATS)
      .default('tiles'),
  )
  .action(async (folder: string, { format }: { format: ExportFormat }) =>
    say(await exportAuditFolder(loadSettings(), folder, format)),
  );

audit
  .command('cosign')
  .argument('<folder>', 'an exported log')
  .argument('<file>', 'what the witness answered')
  .description('keeps the cosignature of a witness beside the checkpoint that it cosigned')
  .requiredOption('--size <n>', 'size of the checkpoint', count)
  .requiredOption('--witness <vkey>', 'verifier key of the witness')
  .action(async (folder: string, file: string, options: { size: number; witness: string }) =>
    say(await addWitnessed(folder, { ...options, file })),
  );

program
  .command('token')
  .description('a signed token for development and the demo')
  .requiredOption('--subject <id>')
  .addOption(new Option('--roles <role,role>', ROLES.join(', ')).argParser(roles).makeOptionMandatory())
  .option('--name <name>')
  .option('--hours <n>', 'how long it holds', count, 8)
  .action(async (options: { subject: string; roles: readonly Role[]; name?: string; hours: number }) =>
    say(await issueToken(loadSettings(), options)),
  );

program
  .command('doctor')
  .description('says what is configured, reachable and current, and what to do about what is not')
  .action(async () => {
    const findings = await diagnose(loadSettings());
    say(findingText(findings));
    process.exitCode = findings.some(({ verdict }) => verdict === 'FAIL') ? 1 : 0;
  });

/** A file that is not there, a folder without rights, a server that does not answer. */
function isOfSystem(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^E[A-Z]{3,}$/.test(error.code);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}

function each(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function week(text: string): string {
  if (!isWeek(text)) throw new InvalidArgumentError('It must be an ISO week such as 2026-W47.');
  return text;
}

function roles(text: string): readonly Role[] {
  return text.split(',').map((part) => {
    const role = ROLES.find((known) => known === part.trim().toUpperCase());
    if (role === undefined)
      throw new InvalidArgumentError(`${part} is no role; there are ${ROLES.join(', ')}.`);
    return role;
  });
}

program.parseAsync().catch((error: unknown) => {
  // What a person can mend is told in a line; a fault keeps its stack for whoever mends the program.
  const known =
    error instanceof RefusalError ||
    error instanceof SettingsError ||
    (error instanceof Error && (TOLD.has(error.name) || isOfSystem(error)));
  process.stderr.write(
    `${known ? `waarom: ${error.message}` : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = 1;
});
