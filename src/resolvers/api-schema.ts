import 'reflect-metadata';
import { GraphQLSchema } from 'graphql';
import { type AuthChecker, buildSchemaSync, type ClassType, type PubSub } from 'type-graphql';
import type { Permission } from '../domain/permissions.ts';
import { refusalCodeEnum } from '../schema/refusal-code.enum.ts';
import type { ApiContext } from './api-context.ts';
import { assertTexts } from './assert-texts.ts';
import { AuditResolver } from './audit.resolver.ts';
import { BatchResolver } from './batch.resolver.ts';
import { BatchActsResolver } from './batch-acts.resolver.ts';
import { permissionsOf } from './boot-check.ts';
import { CampaignResolver } from './campaign.resolver.ts';
import {
  ChallengerDecisionResolver,
  ChallengerOfRunResolver,
  RunChallengerResolver,
} from './challenger.resolver.ts';
import { ConfigResolver } from './config.resolver.ts';
import { ConfigChangeResolver, ConfigVersionResolver } from './config-change.resolver.ts';
import { ConfigChangeActsResolver } from './config-change-acts.resolver.ts';
import { CustomerResolver } from './customer.resolver.ts';
import { DataUseResolver } from './data-use.resolver.ts';
import { DataUseActsResolver } from './data-use-acts.resolver.ts';
import {
  DataUseImpactResolver,
  DataUseRegisterResolver,
  RegisteredColumnResolver,
} from './data-use-register.resolver.ts';
import { DecisionResolver, RecipientResolver } from './decision.resolver.ts';
import { DriftResolver, RunDriftResolver } from './drift.resolver.ts';
import { EngineResolver } from './engine.resolver.ts';
import { ErasureResolver } from './erasure.resolver.ts';
import { ExplanationResolver } from './explanation.resolver.ts';
import { FeedContractChangeResolver, FeedContractResolver } from './feed-contract.resolver.ts';
import { FeedContractActsResolver } from './feed-contract-acts.resolver.ts';
import { IncidentResolver } from './incident.resolver.ts';
import { JudgingProgressResolver, ModelJudgingResolver } from './judging.resolver.ts';
import { FeatureResolver, GateResolver, ModelResolver } from './model.resolver.ts';
import { ModelActsResolver } from './model-acts.resolver.ts';
import { ChallengerResolver, ModelLifeResolver } from './model-life.resolver.ts';
import { permissionGuard } from './permission-guard.ts';
import { ReproductionResolver, RunReproductionsResolver } from './reproduction.resolver.ts';
import { BatchAlarmsResolver, ReviewEvidenceResolver } from './review-evidence.resolver.ts';
import { RunResolver } from './run.resolver.ts';
import { RunActsResolver } from './run-acts.resolver.ts';
import { RunOverrideResolver } from './run-override.resolver.ts';
import { SimulationResolver } from './simulation.resolver.ts';
import { guardTypes } from './type-guard.ts';
import { TYPE_PERMISSIONS, type TypePermission } from './type-permissions.ts';
import { ViewerResolver } from './viewer.resolver.ts';

type Resolvers = readonly [ClassType, ...ClassType[]];

/** Every resolver of the API. */
export const RESOLVERS: Resolvers = [
  ViewerResolver,
  CampaignResolver,
  EngineResolver,
  RunResolver,
  RunActsResolver,
  RunOverrideResolver,
  ReproductionResolver,
  RunReproductionsResolver,
  DriftResolver,
  RunDriftResolver,
  BatchResolver,
  BatchActsResolver,
  BatchAlarmsResolver,
  ReviewEvidenceResolver,
  DecisionResolver,
  RecipientResolver,
  ExplanationResolver,
  CustomerResolver,
  ErasureResolver,
  ModelResolver,
  FeatureResolver,
  GateResolver,
  ModelActsResolver,
  ModelLifeResolver,
  ChallengerResolver,
  ModelJudgingResolver,
  JudgingProgressResolver,
  ChallengerOfRunResolver,
  RunChallengerResolver,
  ChallengerDecisionResolver,
  DataUseResolver,
  DataUseActsResolver,
  DataUseRegisterResolver,
  RegisteredColumnResolver,
  DataUseImpactResolver,
  FeedContractResolver,
  FeedContractChangeResolver,
  FeedContractActsResolver,
  ConfigResolver,
  SimulationResolver,
  ConfigVersionResolver,
  ConfigChangeResolver,
  ConfigChangeActsResolver,
  IncidentResolver,
  AuditResolver,
];

/** The library asks for topics; our subscriptions bring the source of their events themselves. */
const NO_TOPICS: PubSub = {
  publish: () => {
    throw new Error('events are not published by topic');
  },
  subscribe: () => {
    throw new Error('a subscription brings the source of its events itself');
  },
};

/** The executable schema of the resolvers. Throws where an operation or a type does not name its permission. */
export function buildApiSchema(
  resolvers: Resolvers = RESOLVERS,
  guard: AuthChecker<ApiContext, Permission> = permissionGuard,
  permissions: Readonly<Record<string, TypePermission>> = TYPE_PERMISSIONS,
): GraphQLSchema {
  const operations = permissionsOf(resolvers);
  const schema = buildSchemaSync({
    resolvers: [...resolvers],
    authChecker: guard,
    pubSub: NO_TOPICS,
    validateFn: assertTexts,
  });
  guardTypes(schema, { operations, permissions });
  const config = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...config.types, refusalCodeEnum] });
}
