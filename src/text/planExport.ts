import { plainText } from '../hub/wire/serverWords.ts';
import { subjectDigest } from '../retention/tags/attachment.ts';
import type { BatchTag } from '../retention/plan/batch.ts';
import type { Reason } from '../retention/draft/draftOrder.ts';
import type { SettledDraft } from '../retention/draft/settledDraft.ts';
import { tagKind } from '../retention/tags/tagKind.ts';
import { csvRowPieces, jsonRowPieces, type CsvWriter } from './exportPieces.ts';
import { repositoryText } from './repositoryText.ts';

/** Says why a tag stays or goes, see `reasonText`; handed in, since it needs VS Code. */
export type ReasonWriter = (reason: Reason) => string;

/**
 * A plan as CSV, one row for each tag, in pieces. Instants are ISO 8601 in UTC, sizes bytes of all images (`sizeIsPartial`: at least), `kind` is `image`, `cache` or `attachment`,
 * `attachedTo` the digest of an attachment's image, all reasons parted by `; `; unknown is empty. Text of the server's is
 * plain text (invariant 10).
 */
export function planCsvPieces(
  draft: SettledDraft,
  csvText: CsvWriter,
  reasonText: ReasonWriter,
): Generator<string, void> {
  return csvRowPieces(csvRows(draft, oncePerReason(reasonText)), csvText);
}

/**
 * A plan as JSON, in pieces: the policy, the instants that it was made at, the numbers, each repository, and each tag (`tags`) with its verdict and its reasons as data.
 * Unknown is null.
 * @param policy as it is written, see `policyData`
 */
export function planJsonPieces(
  draft: SettledDraft,
  policy: Readonly<Record<string, unknown>>,
): Generator<string, void> {
  const { batch, now, maxDeletions, totals } = draft;
  const { oldest, newest, overShare, ...numbers } = totals;
  const head = {
    policy,
    now: instantText(now),
    asOf: instantText(batch.asOf),
    maxDeletions,
    totals: { ...numbers, oldest: endOf(oldest), newest: endOf(newest), overShare: overShare.map(repositoryText) },
    plans: batch.plans.map(({ repository, asOf, cutoff, going, staying, emptiesRepository }) => ({
      repository: repositoryText(repository),
      asOf: instantText(asOf),
      cutoff: instantText(cutoff),
      going: going.length,
      staying: staying.length,
      emptiesRepository,
    })),
  };
  return jsonRowPieces(head, jsonRows(draft));
}

function* csvRows(draft: SettledDraft, reasonText: ReasonWriter): Generator<object, void> {
  for (const { repository, tag, verdict, reason, reasons } of draft.allRows()) {
    yield {
      repository: repositoryText(repository),
      tag: plainText(tag.name),
      verdict,
      reason: reasonText(reason),
      reasons: reasons().map(reasonText).join('; '),
      pushed: instantText(tag.pushedAt) ?? '',
      pulled: instantText(tag.pulledAt) ?? '',
      digest: plainText(tag.digest ?? ''),
      size: tag.size ?? '',
      sizeIsPartial: tag.isSizePartial ?? false,
      kind: tagKind(tag),
      attachedTo: subjectDigest(tag) ?? '',
    };
  }
}

function* jsonRows(draft: SettledDraft): Generator<object, void> {
  const dataOf = oncePerReason(plainReason);
  for (const { repository, tag, verdict, byHand = null, reason, reasons } of draft.allRows()) {
    yield {
      repository: repositoryText(repository),
      tag: plainText(tag.name),
      verdict,
      byHand,
      reason: dataOf(reason),
      reasons: reasons().map(dataOf),
      pushed: instantText(tag.pushedAt),
      pulled: instantText(tag.pulledAt),
      digest: tag.digest === undefined ? null : plainText(tag.digest),
      size: tag.size ?? null,
      sizeIsPartial: tag.isSizePartial ?? false,
      kind: tagKind(tag),
      attachedTo: subjectDigest(tag) ?? null,
    };
  }
}

/** A reason as data; what it names comes from the server or from files. */
function plainReason(reason: Reason): object {
  return Object.fromEntries(
    Object.entries(reason).map(([key, value]: [string, unknown]) => [
      key,
      typeof value === 'string' ? plainText(value) : value,
    ]),
  );
}

function endOf(end: BatchTag | undefined): object | null {
  return end
    ? {
        repository: repositoryText(end.repository),
        tag: plainText(end.tag.name),
        pushed: instantText(end.tag.pushedAt),
      }
    : null;
}

/** ISO 8601; null for what is unknown or no instant of a `Date`. */
function instantText(instant: number | undefined): string | null {
  const date = new Date(instant ?? NaN);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Reasons that are remembered: those of a repository come one after another. */
const rememberedReasons = 1000;

/** Works out once what is written of a reason: many tags have the same, and it takes longer than their rows. */
function oncePerReason<T>(work: (reason: Reason) => T): (reason: Reason) => T {
  const known = new Map<Reason, T>();
  return (reason) => {
    const result = known.get(reason) ?? work(reason);
    // A map of very many is made larger in one long step.
    if (known.size === rememberedReasons) known.clear();
    known.set(reason, result);
    return result;
  };
}
