/**
 * A model builder's package on its way into production while others ask: registers a package of 40,000 training rows through the
 * API, waits for its gates, approves and activates it; meanwhile eight people look at other things, each 50 ms after the last answer.
 * Prints how long it took and what they waited, idle and meanwhile, and for how long the service's own thread is held at most.
 * `npm run bench:gates [-- SHARED]`; SHARED is the folder of reference material.
 */
import { readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readCampaign } from '../src/adapters/package/campaign-file.ts';
import { issueToken } from '../src/cli/issue-token.ts';
import type { Role } from '../src/domain/permissions.ts';
import { recallCheckpoint, sequencing } from '../src/sequencing.ts';
import { judgeModel } from '../src/use-cases/judge-model.ts';
import { registerModel } from '../src/use-cases/register-model.ts';
import { PACKAGE_ROOT } from '../src/version.ts';
import { zipFile } from '../tests/support/zip-builder.ts';
import { quantile } from './support/audit-bench.ts';
import { OPERATOR, openBench } from './support/bench-campaign.ts';
import { benchFolder } from './support/bench-folder.ts';
import { longestStretch } from './support/longest-stretch.ts';
import { spawnService } from './support/served.ts';

const PORT = 4804;
const ASKING = 8;
const PAUSE_MILLISECONDS = 50;
const IDLE_MILLISECONDS = 5000;
const FILES = ['model.onnx', 'card.yaml', 'training.csv', 'reference.csv'];
const REGISTER = `mutation ($package: Base64!) { registerModel(input: { campaign: "term-deposit", package: $package }) {
  model { id status } } }`;
const SHOW = `query ($id: ID!) { modelVersion(id: $id) { status judging { state step done total } gates { name verdict measured } } }`;
/** What others look at meanwhile. */
const LOOKS = [
  `{ modelVersions(campaign: "term-deposit") { nodes { id status judging { step done } gates { name verdict message } } } }`,
  `{ campaigns { key name paused config { number threshold gateLimits { measure warn fail } } liveModel { id version status } } }`,
  `{ dataUses(campaign: "term-deposit") { id columns status validUntil } }`,
  `{ incidents(first: 20) { nodes { id kind summary openedAt } } }`,
];

interface Shown {
  readonly status: string;
  readonly judging: { readonly state: string } | null;
  readonly gates: readonly { readonly name: string; readonly verdict: string; readonly measured: string }[];
}

interface Answer {
  readonly data: {
    readonly registerModel: { readonly model: { readonly id: string; readonly status: string } };
    readonly modelVersion: Shown;
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
const folder = benchFolder();
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

  others = Array.from({ length: ASKING }, async (_, place) => {
    let turn = place;
    while (asking) {
      const start = performance.now();
      await marketeer(LOOKS[turn++ % LOOKS.length] ?? '');
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
    const { id } = (await operator(REGISTER, { package: zip })).registerModel.model;
    const registered = performance.now() - start;
    const model = await judged(operator, id);
    const done = performance.now() - start;
    if (model.status === 'VALIDATED') {
      const acceptances = model.gates.map((gate) => ({ gate: gate.name, reason: 'a bench' }));
      await compliance(
        `mutation ($id: ID!, $acceptances: [GateAcceptanceInput!]) { approveModel(input: { modelId: $id, acceptances: $acceptances }) { model { status } } }`,
        { id, acceptances },
      );
      await operator(`mutation ($id: ID!) { activateModel(input: { modelId: $id }) { model { status } } }`, {
        id,
      });
    }
    console.log(
      `${name} is ${model.status}: registered in ${seconds(registered)} s, judged in ${seconds(done)} s, all in ${seconds(performance.now() - start)} s`,
    );
    show('meanwhile', waits);
    for (const gate of model.gates) console.log(`  ${gate.verdict} ${gate.name}: ${gate.measured}`);
  }
  const { services } = app;
  const zip = Buffer.from(packageOf('uci-boosted-2', 'in this process'), 'base64');
  const read = () => services.packages.fromZip(zip);
  let modelId = '';
  const registering = await longestStretch(async () => {
    ({ id: modelId } = await registerModel(services, OPERATOR, { campaign: 'term-deposit', read }));
  });
  const judging = await longestStretch(() => judgeModel(services, modelId));
  console.log(
    `longest stretch of the thread that answers: registering ${registering.toFixed(1)} ms, judging ${judging.toFixed(1)} ms`,
  );
} finally {
  asking = false;
  await Promise.all(others);
  await service.stop();
  await sequencer.stop();
  await app.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Asks until the version was judged. */
async function judged(
  ask: (query: string, variables: { id: string }) => Promise<Answer['data']>,
  id: string,
): Promise<Shown> {
  for (;;) {
    const { modelVersion } = await ask(SHOW, { id });
    if (modelVersion.status !== 'REGISTERED') return modelVersion;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

function show(when: string, waits: readonly number[]): void {
  const at = (share: number) => quantile(waits, share).toFixed(1);
  console.log(
    `  ${when}: ${waits.length} answers, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`,
  );
}
