import * as vscode from 'vscode';
import { editorRange, editorUri } from './editorPlace.ts';
import { abortSignal } from '../ui/abortSignal.ts';
import { Throttle } from '../../async/throttle.ts';
import { numberText, repositoriesText, tagsText } from '../../text/countText.ts';
import type { PolicyCounts } from '../../prune/policyCounts.ts';
import { isPolicyFile, type PolicyStore } from './policyStore.ts';
import type { LocatedPolicy, PolicySource } from '../../policies/policySources.ts';
import { problemPlaceText } from '../../policies/policySourcesError.ts';

/** How often lenses are drawn anew while lists come in, in ms. */
const pace = 500;
const top = new vscode.Range(0, 0, 0, 0);

/** What stands above a policy, whose count is worked out when it is shown. */
class CountLens extends vscode.CodeLens {
  readonly source: PolicySource;
  readonly policy: LocatedPolicy;

  constructor(range: vscode.Range, source: PolicySource, policy: LocatedPolicy) {
    super(range);
    this.source = source;
    this.policy = policy;
  }
}

/** What lenses are made of. */
export interface PolicyLensParts {
  readonly store: PolicyStore;
  readonly counts: PolicyCounts;
}

/**
 * Above each policy of a policy file: `Preview`, `Prune`, and what it would delete where the lists are in memory. The arguments only name the
 * policy (invariant 1). While policies are off, or the workspace is not trusted, it says so instead.
 */
export class PolicyLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #parts: PolicyLensParts;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #refreshing = new Throttle(pace, () => this.#changed.fire());
  readonly #subscription: vscode.Disposable;

  constructor(parts: PolicyLensParts) {
    this.#parts = parts;
    this.#subscription = parts.store.onDidChange(() => this.refresh());
  }

  readonly onDidChangeCodeLenses: vscode.Event<void> = (listener, ...rest) => this.#changed.event(listener, ...rest);

  /** Asks for new lenses, since what they show may have changed. */
  refresh(): void {
    this.#refreshing.request();
  }

  async provideCodeLenses({ uri }: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const { sources, untrusted, errors } = await this.#parts.store.current();
    const isThis = (source: PolicySource) => source.key === uri.toString();
    const unusable = untrusted.find(isThis);
    if (unusable) {
      return unusable.policies.map(
        ({ range }) =>
          new vscode.CodeLens(rangeOf({ range }), {
            title: vscode.l10n.t('Trust this workspace to use its policies'),
            command: 'workbench.trust.manage',
          }),
      );
    }
    const source = sources.find(isThis);
    if (!source) {
      return isOutOfPlace(uri)
        ? [
            new vscode.CodeLens(top, {
              title: vscode.l10n.t('Not used: policy files must be at the root of a workspace folder'),
              command: '',
            }),
          ]
        : [];
    }
    const [error] = errors;
    if (error) {
      const title = source.problems.includes(error)
        ? vscode.l10n.t('Policies are turned off. Fix the errors in this file to use them.')
        : vscode.l10n.t('Policies are turned off: {0}', problemPlaceText(error));
      const command = error.uri
        ? {
            title,
            command: 'vscode.open',
            arguments: [editorUri(error.uri), error.range && { selection: editorRange(error.range) }],
          }
        : { title, command: 'workbench.action.openSettingsJson' };
      return (source.policies.length > 0 ? source.policies.map(rangeOf) : [top]).map(
        (range) => new vscode.CodeLens(range, command),
      );
    }
    return (await Promise.all(source.policies.map((policy) => this.#lensesOf(source, policy)))).flat();
  }

  async resolveCodeLens(lens: vscode.CodeLens, token: vscode.CancellationToken): Promise<vscode.CodeLens> {
    if (!(lens instanceof CountLens)) return lens;
    using cancel = abortSignal(token);
    const count = await this.#parts.counts.of(lens.source, lens.policy, cancel.signal);
    // The lists may have gone since the lens was drawn; a lens without a title is not shown.
    const title = count
      ? vscode.l10n.t(
          '{0} of {1} in {2}',
          numberText(count.going),
          tagsText(count.tags),
          repositoriesText(count.repositories),
        )
      : '';
    lens.command = { title, command: '' };
    return lens;
  }

  dispose(): void {
    this.#refreshing[Symbol.dispose]();
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  async #lensesOf(source: PolicySource, policy: LocatedPolicy): Promise<vscode.CodeLens[]> {
    const range = rangeOf(policy);
    // Of a policy that stands there twice, the second never applies.
    if (source.policies.find(({ id }) => id === policy.id) !== policy) return [];
    const named = [{ policy: policy.id }];
    const lenses = [
      new vscode.CodeLens(range, {
        title: vscode.l10n.t('Preview'),
        command: 'dockerHubPruner.previewPrune',
        arguments: named,
      }),
      new vscode.CodeLens(range, {
        title: vscode.l10n.t('Prune'),
        command: 'dockerHubPruner.pruneOldTags',
        arguments: named,
      }),
    ];
    return (await this.#parts.counts.listingsOf(source, policy)).length > 0
      ? [...lenses, new CountLens(range, source, policy)]
      : lenses;
  }
}

function isOutOfPlace(uri: vscode.Uri): boolean {
  if (!isPolicyFile(uri)) return false;
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return folder === undefined || uri.path.slice(0, uri.path.lastIndexOf('/')) !== folder.uri.path.replace(/\/$/, '');
}

function rangeOf({ range }: Pick<LocatedPolicy, 'range'>): vscode.Range {
  return range ? editorRange(range) : top;
}
