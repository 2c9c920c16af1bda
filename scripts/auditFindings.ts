/** What `npm audit` found, or why it found nothing out. */
export type AuditFindings =
  | { readonly answered: true; readonly severe: readonly string[]; readonly others: number }
  | { readonly answered: false; readonly why: string };

interface Report {
  readonly message?: unknown;
  readonly metadata?: { readonly vulnerabilities?: Readonly<Record<string, number>> };
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity?: string }>>;
}

/**
 * Reads what `npm audit --json` wrote. Mirrors of the registry often do not serve advisories, which is no finding.
 * @returns as `severe` the packages with findings of high or critical severity
 */
export function auditFindings(output: string): AuditFindings {
  let report: Report | undefined;
  try {
    report = JSON.parse(output) as Report;
  } catch {
    // npm writes no JSON where it could not even ask.
  }
  const counts = report?.metadata?.vulnerabilities;
  if (counts === undefined) {
    return { answered: false, why: /^\d{3} [\w ]+/.exec(String(report?.message))?.[0].trim() ?? 'no report' };
  }
  const severe = Object.entries(report?.vulnerabilities ?? {}).flatMap(([name, { severity }]) =>
    severity === 'high' || severity === 'critical' ? [`${name} (${severity})`] : [],
  );
  // The counts are what npm itself judges by: a report whose list is told in another way must not pass for clean.
  if (severe.length === 0 && (counts['high'] ?? 0) + (counts['critical'] ?? 0) > 0) {
    severe.push('packages that the report does not name');
  }
  return { answered: true, severe, others: (counts['info'] ?? 0) + (counts['low'] ?? 0) + (counts['moderate'] ?? 0) };
}
