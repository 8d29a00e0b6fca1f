import type { Permission } from '../domain/permissions.ts';

/** Of a type that is part of what holds it: whoever may read that may read it too. */
export const AS_PARENT = 'as what holds it';

/** What it takes to read a type, or that it goes with what holds it. */
export type TypePermission = Permission | typeof AS_PARENT;

/**
 * What it takes to read the fields of each type of the API, wherever the type is reached from: the one table, which the service
 * holds against the schema when it starts. Connections and edges are read by whoever may read what they list. Whatever tells of one
 * customer takes `customer.read`; an explanation for INTERNAL takes `explanation.readInternal` (the operation asks for it), and one for
 * CUSTOMER has no contributions, rules or counterfactual.
 */
export const TYPE_PERMISSIONS: Readonly<Record<string, TypePermission>> = {
  ArmCount: 'run.read',
  AuditCheckpoint: AS_PARENT,
  AuditEntry: 'audit.readOwn',
  Band: AS_PARENT,
  BandImpact: 'config.preview',
  Batch: 'batch.read',
  BatchPayload: AS_PARENT,
  BatchReview: 'batch.read',
  Campaign: 'campaign.read',
  CampaignPayload: AS_PARENT,
  ChallengerComparison: 'run.read',
  // For inside, wherever the decision is reached from; reading it asks for customer.read too (read-challenger.ts).
  ChallengerDecision: 'explanation.readInternal',
  EnginePause: 'campaign.read',
  EnginePausePayload: AS_PARENT,
  StoppedByPause: 'campaign.read',
  Check: 'run.read',
  CheckLimit: AS_PARENT,
  ColumnDifference: 'feedContract.read',
  ConfigApproval: 'config.read',
  ConfigChange: 'config.read',
  ConfigChangePayload: AS_PARENT,
  ConfigImpact: 'config.preview',
  ConfigVersion: 'config.read',
  ConsistencyProof: 'audit.read',
  ContractColumn: 'feedContract.read',
  ContractFinding: 'feedContract.read',
  Contribution: 'explanation.readCustomer',
  ContributionPart: 'explanation.readCustomer',
  Counterfactual: 'explanation.readCustomer',
  CustomerPayload: AS_PARENT,
  DataUse: 'dataUse.read',
  DataUseEvent: 'dataUse.read',
  DataUseImpact: 'dataUse.read',
  DataUsePayload: AS_PARENT,
  DataUseRegister: 'dataUse.read',
  DataUsedText: 'explanation.readCustomer',
  Decision: 'customer.read',
  DecisionDifference: 'customer.read',
  DecisionProof: 'customer.read',
  Difference: 'config.read',
  Drift: 'run.read',
  DriftBin: 'run.read',
  DriftSeries: 'run.read',
  EraseCustomerPayload: AS_PARENT,
  Explanation: 'explanation.readCustomer',
  Feature: 'model.read',
  FeatureOverride: 'config.read',
  FeedContract: 'feedContract.read',
  FeedContractChange: 'feedContract.read',
  FeedContractChangePayload: AS_PARENT,
  FeedFile: 'run.read',
  Funnel: 'run.read',
  Gate: 'model.read',
  GateFigure: 'model.read',
  GateFigureRow: 'model.read',
  GateLimit: AS_PARENT,
  HandOff: 'batch.read',
  Incident: 'incident.read',
  IncidentPayload: AS_PARENT,
  InclusionProof: AS_PARENT,
  Judging: 'model.read',
  JudgingProgress: 'model.read',
  Label: 'feedContract.read',
  ModelPeriod: 'model.read',
  ModelVersion: 'model.read',
  ModelVersionPayload: AS_PARENT,
  OptOutPayload: AS_PARENT,
  PageInfo: AS_PARENT,
  PastModelAct: 'model.read',
  ReasonCount: 'run.read',
  ReasonText: 'explanation.readCustomer',
  Recipient: 'customer.read',
  RegisteredColumn: 'dataUse.read',
  RejectedRow: 'run.read',
  Removal: 'customer.read',
  ReproduceRunPayload: AS_PARENT,
  Reproduction: 'run.read',
  RequestErasurePayload: AS_PARENT,
  ReviewAlarm: 'batch.read',
  ReviewEvidence: 'review.readEvidence',
  RuleOutcome: 'explanation.readCustomer',
  Run: 'run.read',
  RunChallenger: 'run.read',
  RunManifest: 'run.read',
  RunPayload: AS_PARENT,
  RunOverride: 'run.read',
  RunProgress: 'run.read',
  SampleItem: 'customer.read',
  ScoreBin: 'run.read',
  ScheduledRun: 'dataUse.read',
  SimulatedWeek: 'simulation.run',
  Simulation: 'simulation.run',
  SimulationProgress: 'simulation.run',
  StartRunPayload: AS_PARENT,
  Viewer: 'viewer.read',
  WeekImpact: 'config.preview',
};

/** Of a way whose read judges and audits by itself, because it knows what it is about. */
export const JUDGED_BEHIND = 'judged behind';

/** Ways into a type that do not take what the type takes: parent type and field. */
export const WAYS: Readonly<Record<string, Permission | typeof JUDGED_BEHIND>> = {
  'Batch.recipients': JUDGED_BEHIND,
  'Batch.sample': JUDGED_BEHIND,
  // Of the customer who is explained, without score, rank and salt where the audience is CUSTOMER (explanation-view.ts).
  'Explanation.decision': 'explanation.readCustomer',
};
