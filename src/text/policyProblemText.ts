import * as l10n from '@vscode/l10n';
import { plainText } from '../hub/wire/serverWords.ts';
import { AgeSyntaxError, parseAge } from '../retention/tags/age.ts';
import { closestName } from '../retention/policy/closestName.ts';
import { compileGlob, compileRepositoryGlobs, GlobSyntaxError } from '../retention/globs/glob.ts';
import type { PolicyHint } from '../retention/policy/policyHints.ts';
import { firstImpossibleCharacter, isFullNameGlob } from '../retention/globs/globProblems.ts';
import type { UnreachablePolicy } from '../retention/policy/unreachablePolicies.ts';
import { ageErrorText } from './ageErrorText.ts';
import { numberText } from './countText.ts';
import { globErrorText } from './globErrorText.ts';
import { longestJson } from '../policies/jsonText.ts';
import { policyFields } from '../policies/policyFields.ts';
import type { PolicyTextProblem } from '../policies/policyFile.ts';
import { maxPolicies, type PolicyListProblem } from '../policies/policyList.ts';
import type { UnreadFile } from '../policies/unreadFile.ts';

type PolicyProblemCase = Extract<PolicyListProblem, { readonly reason: 'policy' }>;

/** What is wrong with a text that holds policies, and what to do. */
export function policyProblemText(problem: PolicyTextProblem): string {
  switch (problem.reason) {
    case 'tooLarge':
      return unreadFileText('tooLarge');
    case 'tooDeep':
      return l10n.t('Brackets are nested too deeply.');
    case 'syntax':
      return syntaxText(problem.code);
    case 'duplicateKey':
      return l10n.t('"{0}" appears twice, and only one would apply. Remove one.', plainText(problem.key, 100));
    case 'notObject':
      return l10n.t('A policy file must be an object, for example, {0}.', '{"policies": []}');
    case 'unknownKey':
      return l10n.t(
        '"{0}" isn\'t allowed here. A policy file has one property, "policies".',
        plainText(problem.key, 100),
      );
    default:
      return policyItemText(problem);
  }
}

/** What is wrong with the list of policies in a setting, and where in it. @param name of the setting */
export function listProblemText(problem: PolicyListProblem, name: string): string {
  return settingPlaceText(problem.path, policyItemText(problem), name);
}

/** A message about something in a setting, with where in it. @param name of the setting */
export function settingPlaceText(path: readonly (string | number)[], message: string, name: string): string {
  return l10n.t(
    '{0}: {1}',
    plainText(name + path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join(''), 200),
    message,
  );
}

/** Why a policy never applies. */
export function unreachableText({ takenBy }: UnreachablePolicy): string {
  if (takenBy.length === 0) return l10n.t('This policy never applies: it excludes every repository that it matches.');
  const numbers = takenBy.map((index) => numberText(index + 1)).join(', ');
  return takenBy.length === 1
    ? l10n.t(
        'This policy never applies: policy {0} above matches all its repositories, and the first match applies. Move this one above it, or remove it.',
        numbers,
      )
    : l10n.t(
        'This policy never applies: the policies {0} above match all its repositories, and the first match applies. Move this one above them, or remove it.',
        numbers,
      );
}

/** Why something in a policy has no effect, and what has. */
export function policyHintText({ kind }: Pick<PolicyHint, 'kind'>): string {
  switch (kind) {
    case 'attachmentPattern':
      return l10n.t(
        'Signatures and other attachments ({0}) are kept and deleted with their image; this pattern selects none of them. To delete those whose image has no tag, use {1} and an age in "olderThan".',
        'sha256-….sig',
        '"orphanedAttachments": true',
      );
    case 'orphansWithoutAge':
      return l10n.t(
        '{0} has no effect without "olderThan": attachments whose image has no tag are deleted by their age alone.',
        '"orphanedAttachments"',
      );
  }
}

/** Why a policy file was not read. */
export function unreadFileText(reason: UnreadFile): string {
  switch (reason) {
    case 'notFile':
      return l10n.t("This isn't a regular file. A policy file must be a text file.");
    case 'tooLarge':
      return l10n.t(
        'The file is longer than {0} characters, the most that a policy file can have.',
        numberText(longestJson),
      );
    case 'notUtf8':
      return l10n.t("The file isn't valid UTF-8. Save it with that encoding.");
    case 'unsettled':
      return l10n.t('The file keeps changing. Try again when it no longer does.');
    case 'unreadable':
      return l10n.t("The file can't be read.");
  }
}

/** What is wrong with a list of policies, or with one of them. */
export function policyItemText(problem: PolicyListProblem): string {
  if (problem.reason === 'policy') return oneProblemText(problem);
  if (problem.reason === 'notList') {
    return l10n.t(
      '"policies" must be a list, for example, {0}.',
      '[{"repositories": ["acme/*"], "olderThan": "90 days"}]',
    );
  }
  return l10n.t(
    'There are more than {0} policies. Combine some of them by matching more repositories.',
    numberText(maxPolicies),
  );
}

function oneProblemText({ problem: { reason, path, message }, given }: PolicyProblemCase): string {
  const [field] = path;
  switch (reason) {
    case 'notObject':
      return l10n.t(
        'A policy must be an object, for example, {0}.',
        '{"repositories": ["acme/*"], "olderThan": "90 days"}',
      );
    case 'unknownKey':
      return unknownKeyText(path);
    case 'missing':
      return l10n.t('A policy needs "repositories", for example, {0}.', '["acme/*"]');
    case 'noRule':
      return l10n.t('A policy needs at least one of "olderThan", "keepNewest" (above 0), and "keepVersions".');
    case 'type':
    case 'range':
    case 'choice':
      return expectedText(
        String(path.findLast((step) => typeof step === 'string') ?? field),
        typeof path.at(-1) === 'number',
      );
    case 'empty':
      return field === 'keepVersions' ? expectedText('keepVersions', false) : emptyText(field);
    case 'age':
      return ageText(given) ?? plainText(message);
    case 'glob':
      return globText(given, field === 'repositories') ?? plainText(message);
    case 'size':
      return l10n.t(
        'The patterns have more than 5,000 characters in total, where a pattern with braces counts ten times.',
      );
  }
}

function unknownKeyText(path: readonly (string | number)[]): string {
  const key = String(path.at(-1));
  const known = path.length > 1 ? policyFields.keepVersions : policyFields.policy;
  const meant = closestName(key, known);
  const shown = plainText(key, 100);
  return meant === undefined
    ? l10n.t('Unknown property "{0}". Use one of {1}.', shown, known.join(', '))
    : l10n.t('Unknown property "{0}". Did you mean "{1}"?', shown, meant);
}

/** What a field takes. */
function expectedText(field: string, isItem: boolean): string {
  switch (field) {
    case 'repositories':
    case 'tags':
    case 'protect':
      return isItem
        ? l10n.t('A pattern must be a string, for example, {0}.', field === 'repositories' ? '"acme/*"' : '"release-*"')
        : l10n.t(
            '"{0}" must be a list of patterns, for example, {1}.',
            field,
            field === 'repositories' ? '["acme/*"]' : '["release-*"]',
          );
    case 'olderThan':
      return l10n.t('"{0}" must be an age as a string, for example, {1}.', field, '"90 days"');
    case 'agedBy':
      return l10n.t('"{0}" must be {1} or {2}.', field, '"pushed"', '"used"');
    case 'keepAliases':
    case 'keepReferenced':
    case 'orphanedAttachments':
      return l10n.t('"{0}" must be {1} or {2}.', field, 'true', 'false');
    case 'keepVersions':
      return l10n.t('"{0}" must be an object, for example, {1}.', field, '{"majors": 2, "minors": 3, "patches": 1}');
    case 'maxShare':
      return l10n.t('"{0}" must be a number above 0 and at most 1, for example, {1}.', field, '0.5');
    case 'majors':
    case 'minors':
    case 'patches':
      return l10n.t('"{0}" must be a whole number, 1 or more.', field);
    default:
      return l10n.t('"{0}" must be a whole number, 0 or more.', plainText(field, 100));
  }
}

function emptyText(field: string | number | undefined): string {
  return field === 'repositories'
    ? l10n.t(
        'At least one pattern must include repositories, for example, "{0}"; those with "!" only exclude some.',
        'acme/*',
      )
    : l10n.t('Add at least one pattern, for example, "{0}".', '*');
}

function ageText(given: unknown): string | undefined {
  try {
    parseAge(String(given), Date.now());
    return undefined;
  } catch (error) {
    if (!(error instanceof AgeSyntaxError)) throw error;
    return l10n.t(
      '{0} {1}',
      ageErrorText(error),
      l10n.t('Use, for example, "45 days", "6 months", "1 year", or "2025-01-31".'),
    );
  }
}

function globText(given: unknown, isRepository: boolean): string | undefined {
  try {
    const pattern = String(given);
    if (isRepository) compileRepositoryGlobs([pattern]);
    else compileGlob(pattern);
    if (isRepository && !isFullNameGlob(pattern)) {
      return l10n.t(
        '"{0}" matches no repository: write {1}, for example, "{2}".',
        plainText(pattern, 100),
        'namespace/name',
        'acme/*',
      );
    }
    const strange = firstImpossibleCharacter(
      isRepository ? pattern.replace(/^!/, '') : pattern,
      isRepository ? 'repository' : 'tag',
    );
    if (strange === undefined) return undefined;
    const words = [plainText(pattern, 100), plainText(strange)] as const;
    return isRepository
      ? l10n.t('"{0}" matches no repository: repository names can\'t contain "{1}".', ...words)
      : l10n.t('"{0}" matches no tag: tag names can\'t contain "{1}".', ...words);
  } catch (error) {
    if (!(error instanceof GlobSyntaxError)) throw error;
    return globErrorText(error);
  }
}

/** What is wrong with the JSON. @param code a name of jsonc-parser's */
function syntaxText(code: string): string {
  switch (code) {
    case 'CommaExpected':
      return l10n.t('A comma is missing before this.');
    case 'ColonExpected':
      return l10n.t('A colon is missing before this.');
    case 'PropertyNameExpected':
      return l10n.t('A name in double quotes is expected here.');
    case 'ValueExpected':
      return l10n.t('A value is expected here.');
    case 'CloseBraceExpected':
      return l10n.t('A closing brace "}" is missing.');
    case 'CloseBracketExpected':
      return l10n.t('A closing bracket "]" is missing.');
    case 'EndOfFileExpected':
      return l10n.t('Nothing may follow the first value.');
    case 'UnexpectedEndOfComment':
      return l10n.t("The comment isn't closed.");
    case 'UnexpectedEndOfString':
      return l10n.t('The string has no closing quote.');
    case 'InvalidEscapeCharacter':
    case 'InvalidUnicode':
      return l10n.t("This escape sequence isn't valid.");
    case 'InvalidNumberFormat':
    case 'UnexpectedEndOfNumber':
      return l10n.t("This isn't a valid number.");
    case 'InvalidCharacter':
      return l10n.t("A string can't contain a control character.");
    default:
      return l10n.t("This isn't valid JSON.");
  }
}
