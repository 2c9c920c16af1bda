import * as vscode from 'vscode';
import { isOfSource, type LocatedPolicy } from '../../policies/policySources.ts';
import { PolicySourcesError } from '../../policies/policySourcesError.ts';
import { repositoryText } from '../../text/repositoryText.ts';
import type { RepositoryName } from '../../retention/tags/repositoryName.ts';
import type { Policy } from '../../retention/policy/policy.ts';
import type { PanelServices } from '../planPanel/panelServices.ts';

/**
 * What the sources of policies say today of repositories that were planned by them: for each the policy of its source that matches first, with which
 * others may have come before the former one. Files with unsaved changes count as the editor shows them.
 * @param then the policies of the plans
 * @returns by the keys given
 * @throws PolicySourcesError where a source has an error; Error where a source has no policy for one of them any more, or its workspace is not trusted
 */
export async function policiesToday(
  { policies }: Pick<PanelServices, 'policies'>,
  then: ReadonlyMap<RepositoryName, LocatedPolicy>,
): Promise<ReadonlyMap<RepositoryName, Policy>> {
  const { sources, untrusted, errors } = await policies.current();
  if (errors[0]) throw new PolicySourcesError(errors[0], { afterQuestion: true });
  const today = new Map<RepositoryName, Policy>();
  for (const [repository, before] of then) {
    const isIts = (source: (typeof sources)[number]) => isOfSource(before, source);
    const found = sources.find(isIts)?.policyOf(repository);
    if (found) {
      today.set(repository, found.policy);
    } else if (untrusted.some(isIts)) {
      throw new Error(
        vscode.l10n.t(
          'This workspace is not trusted any more, so its policy of {0} does not count. Nothing was deleted; make a new plan.',
          repositoryText(repository),
        ),
      );
    } else {
      throw new Error(
        vscode.l10n.t(
          'The policy of {0} was removed while you were asked. Nothing was deleted; make a new plan.',
          repositoryText(repository),
        ),
      );
    }
  }
  return today;
}
