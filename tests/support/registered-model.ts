import type { ModelVersionRow } from '../../src/store/model-version.row.ts';
import type { Caller } from '../../src/use-cases/execute.ts';
import { judgeModel } from '../../src/use-cases/judge-model.ts';
import { registerModel } from '../../src/use-cases/register-model.ts';
import type { Services } from '../../src/use-cases/services.ts';

/** Registers a package and has it judged at once. */
export async function registerJudged(
  services: Services,
  caller: Caller,
  input: Parameters<typeof registerModel>[2],
): Promise<ModelVersionRow> {
  const { id } = await registerModel(services, caller, input);
  return judgeModel(services, id);
}
