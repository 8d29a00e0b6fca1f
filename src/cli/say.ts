/** Prints a text as a line of the standard output. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
