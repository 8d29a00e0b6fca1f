/** So many things, in words for people: `1 checkpoint`, `1,204 checkpoints`. */
export function howMany(count: number, one: string, several = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : several}`;
}
