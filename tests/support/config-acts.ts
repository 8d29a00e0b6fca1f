import type { ConfigPatch } from '../../src/domain/config-patch.ts';
import { configAt } from '../../src/store/campaign.store.ts';
import {
  approveConfigChange,
  rejectConfigChange,
  withdrawConfigChange,
} from '../../src/use-cases/decide-config-change.ts';
import { type Caller, execute } from '../../src/use-cases/execute.ts';
import { amendConfigChange, proposeConfigChange } from '../../src/use-cases/propose-config-change.ts';
import type { ServiceHarness } from './service-harness.ts';
import { SMALL } from './small-campaign.ts';

const NEVER = new AbortController().signal;

/** What people do with changes of the small campaign's settings; proposing, editing and approving take a minute each. */
export class ConfigActs {
  constructor(private readonly harness: ServiceHarness) {}

  pass(): void {
    this.harness.now = new Date(this.harness.now.getTime() + 60_000);
  }

  propose(who: Caller, patch: ConfigPatch, more: { reason?: string; acceptsEvaluationLoss?: boolean } = {}) {
    this.pass();
    const reason = 'more than the call centre can take';
    const wish = { campaign: SMALL, patch, reason, acceptsEvaluationLoss: false, ...more };
    return proposeConfigChange(this.harness.services, who, wish, NEVER);
  }

  amend(who: Caller, id: string, patch: ConfigPatch | null = null) {
    this.pass();
    const wanted = { id, patch, reason: null, acceptsEvaluationLoss: null };
    return amendConfigChange(this.harness.services, who, wanted, NEVER);
  }

  approve(who: Caller, id: string, digest: string | null = null) {
    this.pass();
    return execute(this.harness.services, who, approveConfigChange, { id, note: null, digest });
  }

  reject(who: Caller, id: string, note: string | null = 'no') {
    return execute(this.harness.services, who, rejectConfigChange, { id, note });
  }

  withdraw(who: Caller, id: string) {
    return execute(this.harness.services, who, withdrawConfigChange, { id, note: null });
  }

  inForce(at = this.harness.now) {
    return configAt(this.harness.services.db.manager, SMALL, at);
  }
}
