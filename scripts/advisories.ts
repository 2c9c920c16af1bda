import { spawnSync } from 'node:child_process';
import process from 'node:process';

import { auditFindings } from './auditFindings.ts';
import { projectRoot } from './projectPaths.ts';

const minute = 60_000;

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  cwd: projectRoot,
  encoding: 'utf8',
  timeout: 2 * minute,
});
const findings = auditFindings(stdout ?? '');
if (!findings.answered) {
  console.log(`Advisories: not answered here (${findings.why}); nothing is known about the bundled packages.`);
} else if (findings.severe.length > 0) {
  console.error(`Advisories of high or critical severity: ${findings.severe.join(', ')}`);
  process.exitCode = 1;
} else {
  console.log(`Advisories: none of high or critical severity, ${findings.others} lower.`);
}
