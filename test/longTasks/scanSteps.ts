import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { WorkspaceReferences } from '../../src/editor/references/workspaceReferences.ts';
import { ReaderThread } from '../../src/references/reader/readerThread.ts';
import type { Measure } from './steps.ts';
import { writeWorkspace } from './workspaceFiles.ts';

const web = { namespace: 'acme', name: 'web' };

/** Looks into a workspace of so many files: for the first time, once more, and after ten files have changed. @param folder for the files @param program of the thread, as it is bundled */
export async function scanSteps(count: number, folder: string, program: string, measure: Measure): Promise<void> {
  await measure(`(writes ${count.toLocaleString('en')} files)`, () => writeWorkspace(folder, count, count * 5000));
  Object.assign(vscode.workspace, {
    workspaceFolders: [{ uri: vscode.Uri.file(folder), name: 'workspace', index: 0 }],
  });
  const log: string[] = [];
  using reader = new ReaderThread(program);
  const look = async (references: WorkspaceReferences): Promise<void> => {
    do await references.ready(undefined, ['acme']);
    while ((await references.unsure([web])).some(({ kind }) => kind === 'unfinished'));
  };
  let references!: WorkspaceReferences;
  await measure('first look', async () => {
    references = new WorkspaceReferences(reader, (line) => void log.push(line));
    await look(references);
  });
  const { size } = references.usesOf(web).tags;
  if (size === 0 || log.length > 0) throw new Error(`${size} tags; ${log.slice(0, 3).join('; ')}`);
  await measure('second look', () => look(references));
  await measure('look after 10 changes', async () => {
    // Numbers of files for Kubernetes, see `writeWorkspace`.
    const numbers = Array.from({ length: count }, (_, index) => index)
      .filter((index) => Math.floor(index / 8) % 100 === 77)
      .slice(0, 10);
    await Promise.all(
      numbers.map((index) =>
        writeFile(
          deploymentAt(folder, index),
          `apiVersion: apps/v1\nkind: Deployment\nspec: {image: "acme/web:changed-${index}"}\n`,
        ),
      ),
    );
    await look(references);
    const changed = [...references.usesOf(web).tags.keys()].filter((tag) => tag.startsWith('changed-')).length;
    if (changed !== numbers.length) throw new Error(`${changed} of ${numbers.length} changes were seen`);
  });
  references.dispose();
}

function deploymentAt(folder: string, index: number): string {
  return join(folder, `project-${index % 50}/part-${Math.floor(index / 50) % 20}/deployment-${index}.yaml`);
}
