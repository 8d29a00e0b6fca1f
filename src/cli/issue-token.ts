import { type DevTokenRequest, DevTokens } from '../adapters/identity/dev-tokens.ts';
import { systemClock } from '../adapters/system/system-ports.ts';
import type { Settings } from '../config.ts';
import { refuse } from '../domain/refusal.ts';

/** `waarom token`: a development token. Refuses where an identity provider is configured. */
export async function issueToken(
  settings: Settings,
  request: Omit<DevTokenRequest, 'name'> & { readonly name?: string },
): Promise<string> {
  if (settings.oidc !== null)
    refuse('FORBIDDEN', 'DEVELOPMENT_TOKENS', 'An identity provider is configured: it gives the tokens.');
  const tokens = await DevTokens.open(settings.tokenKeyFile, systemClock);
  return tokens.issue({ ...request, name: request.name ?? null });
}
