import { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { buildApiSchema, RESOLVERS } from '../../../src/resolvers/api-schema.ts';
import * as audit from '../../../src/schema/audit.type.ts';
import * as batchInput from '../../../src/schema/batch.input.ts';
import * as batch from '../../../src/schema/batch.type.ts';
import * as campaign from '../../../src/schema/campaign.type.ts';
import * as config from '../../../src/schema/config-version.type.ts';
import * as customer from '../../../src/schema/customer.type.ts';
import * as dataUse from '../../../src/schema/data-use.type.ts';
import * as decide from '../../../src/schema/decide.input.ts';
import * as decision from '../../../src/schema/decision.type.ts';
import * as incident from '../../../src/schema/incident.type.ts';
import * as modelInput from '../../../src/schema/model-version.input.ts';
import * as model from '../../../src/schema/model-version.type.ts';
import * as runInput from '../../../src/schema/run.input.ts';
import * as run from '../../../src/schema/run.type.ts';

const UNREACHED = [
  audit,
  batchInput,
  batch,
  campaign,
  config,
  customer,
  dataUse,
  decide,
  decision,
  incident,
  modelInput,
  model,
  runInput,
  run,
];

/** The schema that the service serves, with the types that no operation reaches yet. */
export function apiSchema(): GraphQLSchema {
  const served = buildApiSchema().toConfig();
  const orphanedTypes = UNREACHED.flatMap((file) => Object.values(file)).filter(
    (type) => typeof type === 'function',
  );
  const all = buildSchemaSync({
    resolvers: [...RESOLVERS],
    orphanedTypes,
    authChecker: () => true,
    validate: false,
  }).toConfig();
  return new GraphQLSchema({
    ...all,
    types: [...all.types, ...served.types.filter((t) => t.name === 'RefusalCode')],
  });
}
