// Plain JavaScript for whatever Node is on PATH: it runs before anything is installed.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ownNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * Installs the project's packages when they do not match its lock file, then runs a TypeScript file of this folder on the
 * project's own Node with the arguments of this process, and ends with its exit code.
 * @param {string} script the name of the file
 */
export async function bootstrap(script) {
  if (!isInstalled()) {
    console.log('Installing the packages of the lock file (npm ci) …');
    const code = await run('npm', ['ci', '--no-audit', '--no-fund'], process.platform === 'win32');
    if (code !== 0) {
      console.error(`npm ci ended with ${code}`);
      process.exit(code);
    }
  }
  process.exit(await run(ownNode, [join(root, 'scripts', script), ...process.argv.slice(2)]));
}

/** Whether every package of package-lock.json is there in its version, by the record that npm keeps in node_modules. */
function isInstalled() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record) || !existsSync(ownNode)) {
    return false;
  }
  const installed = packagesOf(record);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(
    ([path, entry]) => path === '' || entry.optional || entry.link || installed[path]?.version === entry.version,
  );
}

function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages ?? {};
}

function run(file, args, shell = false) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: root, stdio: 'inherit', shell });
    // Ctrl-C reaches the child too; its own exit code is what counts.
    const forward = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, signal === 'SIGINT' && process.stdin.isTTY ? () => {} : forward);
    }
    // npm runs this in a shell that does not hand signals on: when that has ended, so does this.
    const parent = process.ppid;
    const watch = setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500);
    child.once('exit', () => clearInterval(watch));
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
