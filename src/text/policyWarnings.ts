import { policyHints } from '../retention/policy/policyHints.ts';
import type { Policy } from '../retention/policy/policy.ts';
import { unreachablePolicies } from '../retention/policy/unreachablePolicies.ts';
import { policyHintText, unreachableText } from './policyProblemText.ts';

/** Something in a valid list of policies that has no effect. It turns no policy off. */
export interface PolicyWarning {
  /** Where, from the list inwards: `[0, 'tags', 2]`. */
  readonly path: readonly (string | number)[];
  /** Why, and what to do, in a sentence or two for people. */
  readonly message: string;
}

/**
 * What has no effect in the policies of one source: those that never apply, then the rest in their order. Only what is certain is reported.
 * @param policies in their order; none where one of them has an error
 */
export function policyWarnings(policies: readonly Policy[]): readonly PolicyWarning[] {
  return [
    ...unreachablePolicies(policies).map((unreachable) => ({
      path: [unreachable.index, 'repositories'],
      message: unreachableText(unreachable),
    })),
    ...policyHints(policies).map((hint) => ({ path: [hint.index, ...hint.path], message: policyHintText(hint) })),
  ];
}
