import { Foundation1792000000001 } from './0001-foundation.ts';
import { Audit1792000000002 } from './0002-audit.ts';
import { JobQueue1792000000003 } from './0003-job-queue.ts';
import { Erasure1792000000004 } from './0004-erasure.ts';
import { AuditedChanges1792000000005 } from './0005-audited-changes.ts';
import { Reproduction1792000000006 } from './0006-reproduction.ts';
import { Explanation1792000000007 } from './0007-explanation.ts';
import { ModelJudging1792000000008 } from './0008-model-judging.ts';
import { DataGovernance1792000000009 } from './0009-data-governance.ts';
import { ModelLife1792000000010 } from './0010-model-life.ts';
import { ReviewEvidence1792000000011 } from './0011-review-evidence.ts';
import { ConfigChange1792000000013 } from './0013-config-change.ts';
import { EnginePause1792000000014 } from './0014-engine-pause.ts';
import { Enumeration1792000000015 } from './0015-enumeration.ts';
import { PartitionKeys1792000000020 } from './0020-partition-keys.ts';
import { ChosenDecisions1792000000021 } from './0021-chosen-decisions.ts';
import { CustomerId1792000000022 } from './0022-customer-id.ts';

/** All migrations in their order. One that has landed is never edited. */
export const MIGRATIONS = [
  Foundation1792000000001,
  Audit1792000000002,
  JobQueue1792000000003,
  Erasure1792000000004,
  AuditedChanges1792000000005,
  Reproduction1792000000006,
  Explanation1792000000007,
  ModelJudging1792000000008,
  DataGovernance1792000000009,
  ModelLife1792000000010,
  ReviewEvidence1792000000011,
  ConfigChange1792000000013,
  EnginePause1792000000014,
  Enumeration1792000000015,
  PartitionKeys1792000000020,
  ChosenDecisions1792000000021,
  CustomerId1792000000022,
] as const;
