import { type Command, Option } from 'commander';
import { loadSettings } from '../config.ts';
import { count, each } from './arguments.ts';
import { addWitnessed, type OfflineOptions, verifyExportFolder, verifyProofFile } from './audit-offline.ts';
import { EXPORT_FORMATS, type ExportFormat, exportAuditFolder } from './export-audit-folder.ts';
import { say } from './say.ts';
import { verifyAuditRecord } from './verify-audit-record.ts';

/** What is to be verified: the database where it is neither an export nor the proof of a decision. */
type VerifyOptions = Omit<OfflineOptions, 'export'> & { readonly export?: string; readonly proof?: string };

/** `audit`: the log, verified, exported, witnessed. */
export function addAuditCommands(program: Command): void {
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
    .action(async ({ export: folder, proof, ...held }: VerifyOptions, command: Command) => {
      const offline = held.key.length > 0 || held.witness.length > 0 || held.mirror !== undefined;
      if (folder === undefined && proof === undefined && offline)
        command.error('--key, --witness and --mirror need --export, or --key needs --proof');
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
    .description(
      'exports what is signed of the log and not in the folder yet; safe beside the running service',
    )
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
}
