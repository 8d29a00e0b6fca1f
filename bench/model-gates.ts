/**
 * A model builder's package on its way into production while others ask: registers a package of 40,000 training rows through the
 * API, with all gates, approves and activates it; meanwhile eight ask the API, each 50 ms after its last answer. Prints how long it took and what the others
 * waited, idle and meanwhile. `npm run bench:gates [-- SHARED]`; SHARED is the folder of reference material.
 */
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCampaign } from '../src/adapters/package/campaign-file.ts';
import type { Role } from '../src/domain/permissions.ts';
import { issueToken } from '../src/issue-token.ts';
import { PACKAGE_ROOT } from '../src/version.ts';
import { recallCheckpoint, sequencing } from '../src/worker.ts';
import { zipFile } from '../tests/support/zip-builder.ts';
import { quantile } from './support/audit-bench.ts';
import { openBench } from './support/bench-campaign.ts';
import { spawnService } from './support/served.ts';

const PORT = 4804;
const ASKING = 8;
const PAUSE_MILLISECONDS = 50;
const IDLE_MILLISECONDS = 5000;
const FILES = ['model.onnx', 'card.yaml', 'training.csv', 'reference.csv'];
const REGISTER = `mutation ($package: Base64!) { registerModel(input: { campaign: "term-deposit", package: $package }) {
  model { id status gates { name verdict measured } } } }`;
const ASK = `{ modelVersions(campaign: "term-deposit") { nodes { id status gates { name verdict message } } } }`;

interface Answer {
  readonly data: {
    readonly registerModel: {
      readonly model: {
        readonly id: string;
        readonly status: string;
        readonly gates: readonly {
          readonly name: string;
          readonly verdict: string;
          readonly measured: string;
        }[];
      };
    };
  };
  readonly errors?: unknown;
}

const shared = realpathSync(process.argv[2] ?? join(PACKAGE_ROOT, '../shared'));
const packageOf = (name: string, version: string): string => {
  const folder = join(shared, 'models', name);
  const content = (file: string) => readFileSync(join(folder, file));
  // Another version, so that it is not the package that the bench began with.
  const card = content('card.yaml')
    .toString()
    .replace(/^version: .*$/m, `version: "${version}"`);
  const files = FILES.map((file) => ({ name: file, content: file === 'card.yaml' ? card : content(file) }));
  return Buffer.from(zipFile(files)).toString('base64');
};
const folder = mkdtempSync(join(tmpdir(), 'waarom-gates-'));
const definition = readCampaign(readFileSync(join(shared, 'campaigns/term-deposit/campaign.yaml'), 'utf8'));
const app = await openBench(folder, definition, join(shared, 'models/uci-boosted-2'));
const sequencer = sequencing(app, await recallCheckpoint(app));
const service = await spawnService(join(import.meta.dirname, '../src/cli.js'), PORT, {
  DATA_DIR: folder,
  DATABASE_URL: app.databaseUrl,
});
const waits: number[] = [];
let asking = true;
let others: Promise<void>[] = [];
try {
  const ask = async (subject: string, role: Role) => {
    const token = await issueToken(app.settings, { subject, roles: [role], hours: 1 });
    return async (query: string, variables: Record<string, unknown> = {}) => {
      const answer = await fetch(service.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors }: Answer = JSON.parse(await answer.text());
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data;
    };
  };
  const operator = await ask('piet', 'OPERATOR');
  const compliance = await ask('anna', 'COMPLIANCE_REVIEWER');
  const marketeer = await ask('mark', 'MARKETEER');

  others = Array.from({ length: ASKING }, async () => {
    while (asking) {
      const start = performance.now();
      await marketeer(ASK);
      waits.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    }
  });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  waits.length = 0;
  await new Promise((resolve) => setTimeout(resolve, IDLE_MILLISECONDS));
  show('idle', waits);
  for (const name of ['uci-boosted-1', 'uci-boosted-2']) {
    const zip = packageOf(name, `bench of ${name}`);
    waits.length = 0;
    const start = performance.now();
    const { model } = (await operator(REGISTER, { package: zip })).registerModel;
    const registered = performance.now() - start;
    for (const gate of model.gates) console.log(`  ${gate.verdict} ${gate.name}: ${gate.measured}`);
    if (model.status === 'VALIDATED') {
      const acceptances = model.gates.map((gate: { name: string }) => ({
        gate: gate.name,
        reason: 'a bench',
      }));
      await compliance(
        `mutation ($id: ID!, $acceptances: [GateAcceptanceInput!]) { approveModel(input: { modelId: $id, acceptances: $acceptances }) { model { status } } }`,
        { id: model.id, acceptances },
      );
      await operator(`mutation ($id: ID!) { activateModel(input: { modelId: $id }) { model { status } } }`, {
        id: model.id,
      });
    }
    console.log(
      `${name} is ${model.status}: registered and judged in ${(registered / 1000).toFixed(1)} s, all in ${((performance.now() - start) / 1000).toFixed(1)} s`,
    );
    show('meanwhile', waits);
  }
} finally {
  asking = false;
  await Promise.all(others);
  await service.stop();
  await sequencer.stop();
  await app.close();
  rmSync(folder, { recursive: true, force: true });
}

function show(when: string, waits: readonly number[]): void {
  const at = (share: number) => quantile(waits, share).toFixed(1);
  console.log(
    `  ${when}: ${waits.length} answers, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`,
  );
}
