import { openApp } from '../app.ts';
import type { Settings } from '../config.ts';
import { retain } from '../use-cases/retain.ts';

/** `waarom retain`: erases what is older than its kind is kept, and says what. */
export async function eraseByAge(settings: Settings): Promise<string> {
  const app = await openApp(settings);
  try {
    const erased = await retain(app.services);
    if (erased.length === 0) return 'Nothing is past its period.';
    return erased
      .map(({ kind, owner, rows }) => `${kind}${owner === null ? '' : ` of ${owner}`}: ${rows} rows erased`)
      .join('\n');
  } finally {
    await app.close();
  }
}
