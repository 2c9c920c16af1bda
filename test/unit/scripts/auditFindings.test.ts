import assert from 'node:assert/strict';
import { auditFindings } from '../../../scripts/auditFindings.ts';

const report = (counts: Record<string, number>, vulnerabilities: Record<string, { severity: string }> = {}): string =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities,
    metadata: { vulnerabilities: { info: 0, low: 0, moderate: 0, high: 0, critical: 0, ...counts } },
  });

describe('what npm audit found', () => {
  it('is nothing, or little', () => {
    assert.deepEqual(auditFindings(report({})), { answered: true, severe: [], others: 0 });
    assert.deepEqual(auditFindings(report({ low: 1, moderate: 2 }, { x: { severity: 'moderate' } })), {
      answered: true,
      severe: [],
      others: 3,
    });
  });

  it('is severe when it is high or critical', () => {
    const found = auditFindings(
      report(
        { high: 1, critical: 1 },
        { x: { severity: 'high' }, y: { severity: 'critical' }, z: { severity: 'low' } },
      ),
    );
    assert.deepEqual(found, { answered: true, severe: ['x (high)', 'y (critical)'], others: 0 });
    assert.deepEqual(auditFindings(report({ high: 1 })), {
      answered: true,
      severe: ['packages that the report does not name'],
      others: 0,
    });
  });

  it('is unknown where the registry does not answer', () => {
    const refused = JSON.stringify({
      message: '405 Method Not Allowed - POST https://registry.example/-/npm/v1/security/advisories/bulk',
      statusCode: 405,
    });
    assert.deepEqual(auditFindings(refused), { answered: false, why: '405 Method Not Allowed' });
    for (const output of ['', 'null', '{}', '[]', 'npm error']) {
      assert.deepEqual(auditFindings(output), { answered: false, why: 'no report' });
    }
  });
});
