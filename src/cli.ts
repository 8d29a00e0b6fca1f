#!/usr/bin/env node
import { Command } from 'commander';
import { addAuditCommands } from './cli/audit.command.ts';
import { addCampaignCommands } from './cli/campaign.command.ts';
import { addDataCommands } from './cli/data.command.ts';
import { addEngineCommands } from './cli/engine.command.ts';
import { addModelCommands } from './cli/model.command.ts';
import { addRetentionCommands } from './cli/retention.command.ts';
import { addServiceCommands } from './cli/service.command.ts';
import { addSimulationCommands } from './cli/simulation.command.ts';
import { addTokenCommands } from './cli/token.command.ts';
import { addWeekCommands } from './cli/week.command.ts';
import { SettingsError } from './config.ts';
import { RefusalError } from './domain/refusal.ts';
import { engineVersion } from './version.ts';

/** Errors whose message says what to do. */
const TOLD = new Set([
  'SchemaVersionError',
  'EmbeddedPostgresError',
  'PackageError',
  'FeedError',
  'ScoringError',
  'ExportError',
  'RolledBackError',
  'TrustedDocumentsError',
]);

const program = new Command('waarom')
  .description('Runs the weekly mail decisions of a bank and answers for each of them.')
  .version(engineVersion().version);

addServiceCommands(program);
addCampaignCommands(program);
addModelCommands(program);
addDataCommands(program);
addWeekCommands(program);
addSimulationCommands(program);
addEngineCommands(program);
addAuditCommands(program);
addRetentionCommands(program);
addTokenCommands(program);

/** A file that is not there, a folder without rights, a server that does not answer. */
function isOfSystem(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^E[A-Z]{3,}$/.test(error.code);
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
