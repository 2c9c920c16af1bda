import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { englishBundle, type MessageBundle } from '../../../scripts/englishBundle.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The keys of all messages of a source, as the compiler sees its calls, and the places where there is no literal. */
function messagesOf(path: string): { readonly keys: readonly string[]; readonly others: readonly string[] } {
  const source = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
  const keys: string[] = [];
  const others: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      node.expression.name.text === 't'
    ) {
      const of = node.expression.expression.getText();
      if (of === 'l10n' || of === 'vscode.l10n') {
        const key = node.arguments[0] && keyOf(node.arguments[0]);
        if (key === undefined) others.push(`${path}: ${node.getText()}`);
        else keys.push(key);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { keys, others };
}

/** The key of a message: its English, and behind a slash its comment. */
function keyOf(argument: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(argument)) return argument.text;
  if (!ts.isObjectLiteralExpression(argument)) return undefined;
  const valueOf = (name: string) =>
    argument.properties.find(
      (property): property is ts.PropertyAssignment =>
        ts.isPropertyAssignment(property) && property.name.getText() === name,
    )?.initializer;
  const [message, comment] = [valueOf('message'), valueOf('comment')];
  if (!message || !ts.isStringLiteralLike(message)) return undefined;
  if (!comment || !ts.isArrayLiteralExpression(comment)) return undefined;
  return `${message.text}/${comment.elements.map((line) => (ts.isStringLiteralLike(line) ? line.text : '?')).join('')}`;
}

describe('the messages that can be translated', () => {
  const sources = globSync('src/**/*.ts', { cwd: root }).map(messagesOf);
  let extracted: MessageBundle;

  before(async function () {
    // The extractor parses every source file anew.
    this.timeout(60_000);
    extracted = await englishBundle(root);
  });

  it("are those that Microsoft's extractor finds", () => {
    const keys = new Set(sources.flatMap((source) => source.keys));
    assert.ok(keys.size > 500, `${keys.size} messages`);
    assert.deepEqual(Object.keys(extracted).sort(), [...keys].sort());
  });

  it('are all literals', () => {
    assert.deepEqual(
      sources.flatMap(({ others }) => others),
      [],
    );
  });

  it('are in the bundle that translators start from', () => {
    const written = JSON.parse(readFileSync(join(root, 'l10n', 'bundle.l10n.json'), 'utf8')) as object;
    assert.deepEqual(written, extracted, 'npm run l10n writes it');
  });

  it('begin and end without spaces, but for those that are joined', () => {
    const joined = [' and {0} more'];
    const texts = Object.values(extracted).map((value) => (typeof value === 'string' ? value : value.message));
    assert.deepEqual(
      texts.filter((text) => text !== text.trim()),
      joined,
    );
  });
});
