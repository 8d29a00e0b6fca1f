import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  visit,
  type YAMLMap,
} from 'yaml';
import type { z } from 'zod';
import { PackageError, type PackageFault } from '../../domain/ports.ts';

const LONGEST = 256 * 1024;
const DEEPEST = 64;
const MOST_FAULTS = 100;

/**
 * Reads a YAML text by a schema. Throws PackageError with every fault, each with its line and field. Aliases,
 * keys named __proto__ and keys that are there twice are refused: a definition says what it says in one place. So is what
 * is longer than 256 KiB or nested deeper than any definition, before it costs more than a second to read.
 */
export function readYaml<Schema extends z.ZodType>(
  file: string,
  text: string,
  schema: Schema,
): z.output<Schema> {
  const fault = (line: number | null, field: string | null, rule: string): PackageFault => ({
    file,
    line,
    field,
    rule,
  });
  if (text.length > LONGEST) throw new PackageError([fault(null, null, 'is longer than 256 KiB')]);
  const lines = new LineCounter();
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const document = composed(text.replace(/^\uFEFF/, ''), lines, (offset, rule) => {
    throw new PackageError([fault(lineAt(offset), null, rule)]);
  });
  const faults = document.errors.map(({ pos, message }) => fault(lineAt(pos[0]), null, message));
  visit(document, (key, node) => {
    if (isAlias(node)) faults.push(fault(lineOf(node, lineAt), null, 'aliases are not accepted'));
    if (key === 'key' && isScalar(node) && node.value === '__proto__') {
      faults.push(fault(lineOf(node, lineAt), '__proto__', 'is not accepted as a name'));
    }
    if (!isMap(node)) return;
    for (const twice of repeatedKeys(node))
      faults.push(fault(lineOf(twice, lineAt), null, 'is there twice: keys must be unique'));
  });
  if (faults.length > 0) throw new PackageError(faults.slice(0, MOST_FAULTS));
  const content: unknown = document.toJS();
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const contents = isNode(document.contents) ? document.contents : null;
  throw new PackageError(
    result.error.issues
      .flatMap((issue) => rulesOf(issue, content))
      .slice(0, MOST_FAULTS)
      .map(({ path, rule }) => fault(lineOf(nodeAt(contents, path), lineAt), fieldName(path), rule)),
  );
}

/** The one document of a text. `refuse` is called with a place and a rule where there is none to be had, and must throw. */
function composed(
  text: string,
  lines: LineCounter,
  refuse: (offset: number, rule: string) => never,
): Document.Parsed {
  // Repeated keys are looked for here: the package compares each key with each other one, minutes for a long map.
  const composer = new Composer({ lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const [document, second] = composer.compose(tokens(text, lines, refuse), true, text.length);
  if (document === undefined) return refuse(0, 'is empty');
  if (second !== undefined) return refuse(second.range[0], 'must be one document');
  return document;
}

/** The parts of a text. What is nested too deep ends here, where it lies in a list: composing it takes the stack. */
function* tokens(
  text: string,
  lines: LineCounter,
  refuse: (offset: number, rule: string) => never,
): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > DEEPEST) refuse(parser.offset, `is nested deeper than ${DEEPEST} levels`);
  }
  yield* parser.end();
}

function repeatedKeys({ items }: YAMLMap): readonly Node[] {
  const seen = new Set<unknown>();
  return items.flatMap(({ key }) => {
    if (!isScalar(key)) return [];
    const repeated = seen.has(key.value);
    seen.add(key.value);
    return repeated ? [key] : [];
  });
}

interface Rule {
  readonly path: readonly PropertyKey[];
  readonly rule: string;
}

function rulesOf(issue: z.core.$ZodIssue, content: unknown): readonly Rule[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key], rule: 'is not a known field' }));
  }
  return [{ path: issue.path, rule: isThere(content, issue.path) ? issue.message : 'is missing' }];
}

function isThere(content: unknown, path: readonly PropertyKey[]): boolean {
  let value = content;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return false;
    value = Reflect.get(value, step);
  }
  return true;
}

/** The node of a field; where the field is missing, the nearest that holds its place. A map's key stands for its value. */
function nodeAt(root: Node | null, path: readonly PropertyKey[]): Node | null {
  let node = root;
  for (const step of path) {
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      next = isScalar(pair?.value) || pair?.value === null ? pair?.key : pair?.value;
    } else if (node !== null && 'items' in node && Array.isArray(node.items)) next = node.items[Number(step)];
    if (!isNode(next)) return node;
    node = next;
  }
  return node;
}

function lineOf(node: Node | null, lineAt: (offset: number) => number): number | null {
  return node?.range ? lineAt(node.range[0]) : null;
}

function fieldName(path: readonly PropertyKey[]): string | null {
  if (path.length === 0) return null;
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}
