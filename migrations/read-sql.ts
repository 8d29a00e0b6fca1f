import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The text of a migration. The compiler does not copy .sql files: they are read from the package's own folder. */
export function readSql(name: string): string {
  return readFileSync(join(packageFolder(import.meta.dirname), 'migrations', name), 'utf8');
}

function packageFolder(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageFolder(dirname(folder));
}
