import * as vscode from 'vscode';
import { numberText, repositoriesText } from '../../text/countText.ts';
import { openPolicies } from '../policies/openPolicies.ts';
import type { LocatedPolicy, PolicySource, PolicySources } from '../../policies/policySources.ts';
import { problemPlaceText } from '../../policies/policySourcesError.ts';
import type { PruneRules } from '../../prune/pruneRules.ts';
import { policyText } from '../../text/policyText.ts';
import type { Age } from '../../retention/tags/age.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import { proposedAgeRows, typedAgeRow, type AgeRow } from './ageRows.ts';
import type { PanelServices } from '../planPanel/panelServices.ts';

/** What `askRules` asks about. */
export interface RulesQuestion {
  /** At least one; the keys of the policies that are given back. */
  readonly repositories: readonly RepositoryName[];
  /** The setting's own age. */
  readonly preferred: Age;
  /** Instant (ms) that ages count from. */
  readonly now: number;
  readonly title: string;
}

interface RulesRow extends AgeRow {
  readonly policyOf?: ReadonlyMap<RepositoryName, LocatedPolicy>;
  /** Done in place of an answer. */
  readonly instead?: () => unknown;
}

/**
 * Asks what may go: the policies that match come first, those of each source in a row of their own since the user picks among sources; then the
 * ages, or one that is typed. While a source has an error, a row says so and opens the place, and only ages can be picked.
 * @returns `undefined` when the dialog was left, or the place of an error was opened
 */
export async function askRules(
  { policies }: Pick<PanelServices, 'policies'>,
  { repositories, preferred, now, title }: RulesQuestion,
): Promise<PruneRules | undefined> {
  const ofPolicies = policyRows(await policies.current(), repositories);
  const ages: RulesRow[] = proposedAgeRows(preferred, now);
  const proposed: readonly RulesRow[] =
    ofPolicies.length === 0 ? ages : [...ofPolicies, separator(vscode.l10n.t('by age')), ...ages];
  const picker = vscode.window.createQuickPick<RulesRow>();
  picker.title = title;
  picker.placeholder = ofPolicies.some(({ policyOf }) => policyOf)
    ? vscode.l10n.t('Select a policy or an age, or type an age, for example, "45 days", "6 months", or "2025-01-31"')
    : vscode.l10n.t('Select an age, or type one, for example, "45 days", "6 months", or "2025-01-31"');
  picker.ignoreFocusOut = true;
  picker.items = proposed;
  return new Promise((resolve) => {
    const end = (rules: PruneRules | undefined) => {
      resolve(rules);
      picker.dispose();
    };
    picker.onDidChangeValue((text) => {
      // Nothing but what was typed: "0 days" must not pick the proposal "30 days".
      picker.items = text.trim() === '' ? proposed : [typedAgeRow(text, now)];
    });
    picker.onDidAccept(() => {
      // Who types fast presses Enter before the typed age has become a row.
      const row: RulesRow | undefined =
        picker.value.trim() === '' ? picker.selectedItems[0] : typedAgeRow(picker.value, now);
      if (row?.policyOf) {
        end({ kind: 'policies', policyOf: row.policyOf });
      } else if (row?.age) {
        end({ kind: 'age', age: row.age });
      } else if (row?.instead) {
        end(undefined);
        void row.instead();
      }
    });
    picker.onDidHide(() => end(undefined));
    picker.show();
  });
}

function policyRows(
  { sources, untrusted, errors }: PolicySources,
  repositories: readonly RepositoryName[],
): RulesRow[] {
  const trust = {
    label: `$(shield) ${vscode.l10n.t('Trust this workspace to use its policies')}`,
    instead: () => vscode.commands.executeCommand('workbench.trust.manage'),
  };
  const others = untrusted.some(({ policies }) => policies.length > 0) ? [trust] : [];
  const [error] = errors;
  if (error) {
    return [
      {
        label: `$(error) ${vscode.l10n.t('Policies are turned off until this error is fixed')}`,
        detail: problemPlaceText(error),
        instead: () => openPolicies(error),
      },
      ...others,
    ];
  }
  return [...sources.flatMap((source) => sourceRow(source, repositories)), ...others];
}

/** The row of a source that has a policy for at least one of the repositories. */
function sourceRow(source: PolicySource, repositories: readonly RepositoryName[]): RulesRow[] {
  const policyOf = new Map<RepositoryName, LocatedPolicy>();
  for (const repository of repositories) {
    const policy = source.policyOf(repository);
    if (policy) policyOf.set(repository, policy);
  }
  const used = [...new Set(policyOf.values())];
  const [first] = used;
  if (!first) return [];
  const label =
    used.length === 1
      ? vscode.l10n.t('Policy of {0}: {1}', source.label, policyText(first.policy))
      : vscode.l10n.t('Policies of {0}', source.label);
  return [{ label: `$(law) ${label}`, ...reachOf(policyOf.size, repositories.length), policyOf }];
}

/** For how many of the repositories a source has a policy. */
function reachOf(matched: number, all: number): Pick<vscode.QuickPickItem, 'description'> {
  if (all === 1) return {};
  return {
    description:
      matched === all
        ? repositoriesText(all)
        : vscode.l10n.t('{0} of {1}; the others are skipped', numberText(matched), repositoriesText(all)),
  };
}

function separator(label: string): RulesRow {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
