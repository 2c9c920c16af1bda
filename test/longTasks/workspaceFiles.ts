import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Files that are written at the same time. */
const together = 32;

/**
 * Writes a workspace as projects are: of each 100 files 50 are source, 15 JSON, 12 Markdown, 12 YAML of several kinds, 3 Dockerfiles, 3 shell scripts,
 * 5 pictures and archives, in folders of about 20. Every YAML file for Kubernetes, every Dockerfile and every script names an image of `acme`.
 * @param bytes of all files together, about
 */
export async function writeWorkspace(root: string, count: number, bytes: number): Promise<void> {
  const size = bytes / count;
  for (let from = 0; from < count; from += together) {
    await Promise.all(
      Array.from({ length: Math.min(together, count - from) }, async (_, offset) => {
        const { path, data } = fileAt(from + offset, size);
        const file = join(root, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, data);
      }),
    );
  }
}

/** The file of a number, of about so many bytes; half of the files are much smaller and some are larger than the others. */
function fileAt(index: number, average: number): { readonly path: string; readonly data: string | Uint8Array } {
  const folder = `project-${index % 50}/part-${Math.floor(index / 50) % 20}`;
  // Dockerfiles and the like are short, so the others are a little longer.
  const size = Math.round(1.05 * average * [0.2, 0.4, 0.6, 0.8, 1, 1.5, 2.5, 1][index % 8]!);
  const kind = Math.floor(index / 8) % 100;
  const filled = (head: string, line: (number: number) => string, most = Infinity): string => {
    const lines = [head];
    for (let [length, number] = [head.length, 0]; length < Math.min(size, most); number++) {
      const next = line(number);
      lines.push(next);
      length += next.length + 1;
    }
    return `${lines.join('\n')}\n`;
  };
  if (kind < 50) {
    return {
      path: `${folder}/source-${index}.ts`,
      data: filled(
        `import { part } from '../part-${index % 20}/source.ts';`,
        (number) =>
          `export const value${number} = part({ image: "none", path: "api/v1:${number}", index: ${number * index} });`,
      ),
    };
  }
  if (kind < 65) {
    return {
      path: `${folder}/data-${index}.json`,
      data: filled(
        '{',
        (number) =>
          `  "key-${number}": {"name": "value ${number}", "repository": "github.com/other/thing", "list": [1, 2, 3]},`,
      ),
    };
  }
  if (kind < 77) {
    return {
      path: `${folder}/notes-${index}.md`,
      data: filled(
        `# Notes ${index}`,
        (number) => `Line ${number} of the notes says what to do with github.com/acme/web, and why: it is documented.`,
      ),
    };
  }
  if (kind < 82) {
    return {
      path: `${folder}/deployment-${index}.yaml`,
      data: filled(
        `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: acme/web:v${index}\n        env:`,
        (number) => `        - {name: VARIABLE_${number}, value: "some value of it"}`,
        3000,
      ),
    };
  }
  if (kind < 89) {
    return {
      path: `${folder}/settings-${index}.yaml`,
      data: filled(`settings:`, (number) => `  key_${number}: value ${number}`),
    };
  }
  if (kind < 92) {
    return {
      path: `${folder}/Dockerfile.${index}`,
      data: filled(`FROM acme/base:v${index}`, (number) => `RUN echo step ${number} of the build`, 1500),
    };
  }
  if (kind < 95) {
    return {
      path: `${folder}/deploy-${index}.sh`,
      data: filled(`#!/bin/sh\ndocker run acme/tool:v${index}`, (number) => `echo "step ${number}"`),
    };
  }
  const data = new Uint8Array(size);
  for (let at = 0; at < size; at++) data[at] = (at * 2654435761) >>> 24;
  return { path: `${folder}/picture-${index}.${index % 2 === 0 ? 'png' : 'tar.gz'}`, data };
}
