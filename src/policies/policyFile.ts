import { findNodeAtLocation, getNodeValue, stripComments, type Node } from 'jsonc-parser';
import type { Policy } from '../retention/policy/policy.ts';
import { readJsonText, spanAt, spanOf, type JsonTextProblem } from './jsonText.ts';
import { checkPolicies, maxProblems, type PolicyListProblem } from './policyList.ts';
import type { TextSpan } from './textSpan.ts';

/** A policy and where it is written. */
export interface WrittenPolicy {
  readonly policy: Policy;
  readonly span: TextSpan;
}

/** Why a text holds no policies that can be used, and where. */
export type PolicyTextProblem =
  | JsonTextProblem
  /** A file is no object, or has a key that means nothing. */
  | { readonly reason: 'notObject'; readonly span: TextSpan }
  | { readonly reason: 'unknownKey'; readonly key: string; readonly span: TextSpan }
  | (PolicyListProblem & { readonly span: TextSpan });

/** What a text says of policies: all of them, or, where anything is wrong, none and what that is. */
export interface PolicyText {
  readonly policies: readonly WrittenPolicy[];
  readonly problems: readonly PolicyTextProblem[];
  /** The list as it is written; missing where there is none, or the text cannot be read. */
  readonly value?: unknown;
  /** Whether a comment stands within the list. */
  readonly hasComments: boolean;
  /** Where a path into the list of policies leads. */
  readonly spanAt: (path: readonly (string | number)[]) => TextSpan;
}

const nothing: PolicyText = Object.freeze({
  policies: [],
  problems: [],
  hasComments: false,
  spanAt: () => ({ offset: 0, length: 1 }),
});

/**
 * Reads a policy file: an object with `policies`, a list; comments and trailing commas may stand in it. A file without any value has no policy.
 * @param now instant (ms) that dates are checked against
 */
export function readPolicyFile(text: string, now: number): PolicyText {
  const { root, problems } = readJsonText(text);
  if (!root) return { ...nothing, problems: problems.slice(0, maxProblems) };
  if (root.type !== 'object') {
    return { ...nothing, problems: [{ reason: 'notObject', span: { offset: root.offset, length: 1 } }] };
  }
  const keys = (root.children ?? []).flatMap(({ children }) => children?.slice(0, 1) ?? []);
  const unknown = keys
    .filter(({ value }) => value !== 'policies')
    .map((key) => ({ reason: 'unknownKey', key: String(key.value), span: spanOf(key) }) as const);
  const list = findNodeAtLocation(root, ['policies']);
  const read = list ? readList(text, list, now) : nothing;
  return unknown.length > 0
    ? { ...read, policies: [], problems: [...unknown, ...read.problems].slice(0, maxProblems) }
    : read;
}

/**
 * Reads the user's settings as they are written, as far as they are about policies. What is wrong with the rest is VS Code's to tell.
 * @param key of the setting
 * @param now instant (ms) that dates are checked against
 */
export function readPolicySetting(text: string, key: string, now: number): PolicyText {
  const { root } = readJsonText(text);
  const list = root && findNodeAtLocation(root, [key]);
  return list ? readList(text, list, now) : nothing;
}

function readList(text: string, list: Node, now: number): PolicyText {
  const value: unknown = getNodeValue(list);
  const { policies, problems } = checkPolicies(value, now);
  return {
    value,
    policies: policies.map((policy, index) => ({ policy, span: spanAt(list, [index]) })),
    problems: problems.map((problem) => ({ ...problem, span: problemSpan(list, problem) })),
    hasComments: isCommented(text, list),
    spanAt: (path) => spanAt(list, path),
  };
}

function isCommented(text: string, { offset, length }: Node): boolean {
  const written = text.slice(offset, offset + length);
  return stripComments(written).length < written.length;
}

function problemSpan(list: Node, problem: PolicyListProblem): TextSpan {
  if (problem.reason !== 'policy') return spanAt(list, problem.path);
  const { reason } = problem.problem;
  const span = spanAt(list, problem.path, reason === 'unknownKey' ? 'key' : 'value');
  // What is missing stands nowhere: the beginning of the policy stands for it.
  return reason === 'missing' || reason === 'noRule' ? { ...span, length: 1 } : span;
}
