import { readDevcontainer } from '../parsers/devcontainer.ts';
import { readDockerfile } from '../parsers/dockerfile.ts';
import { parseEnvironmentFile } from '../parsers/environmentFile.ts';
import { fileKind } from '../files/fileKind.ts';
import { findMentions } from '../mentions/findMentions.ts';
import { Findings, type FoundReferences } from '../images/foundReferences.ts';
import { LiteralSearch } from '../mentions/literalMentions.ts';
import { namesImages } from '../parsers/namesImages.ts';
import { maskTemplate } from '../parsers/templateMask.ts';
import { readTemplateLines } from '../parsers/templateLines.ts';
import { readYamlImages } from '../parsers/yamlImages.ts';
import { yamlKind } from '../parsers/yamlKind.ts';
import { YamlTree } from '../parsers/yamlTree.ts';

/** A file to be looked into. */
export interface FileText {
  /** Its path, with `/` between the parts; only its last folders and its name count. */
  readonly path: string;
  readonly text: string;
  /**
   * The `.env` files beside a Compose file and in the folders above it, the nearest first. Each is tried by itself, since a project further up
   * may include the file: what any of them gives is found, and what one of them knows is no doubt. Default none.
   */
  readonly environments?: readonly string[];
  /** Namespaces of Docker Hub, in lower case, whose images are looked for in any text, as they are written out. Default none: only what has a structure is read. */
  readonly namespaces?: readonly string[];
}

/** Nothing was found. */
export const nothingFound: FoundReferences = Object.freeze({ references: [], doubts: [] });

/** Words without which a YAML file names no image: some that stand beside images, and what looks like one. */
const telling = /image|docker|container|repo|services|oci:|tag["']?\s*:|\w\/[^/\s:@]*[:@]\w/i;

/** The references to images of Docker Hub in one file, and what was not understood. Never throws: a file that cannot be parsed is a doubt. */
export function readReferences({ namespaces = [], ...file }: FileText): FoundReferences {
  const found = readStructure(file);
  const search = new LiteralSearch(namespaces);
  return search.mayMention(file.text) ? findMentions(file.text, search).joinedTo(found, namesImages(file.path)) : found;
}

/** What the structure of a file tells, where it is of a kind that has one. */
function readStructure({ path, text, environments = [] }: FileText): FoundReferences {
  const kind = fileKind(path);
  if (kind === undefined) return nothingFound;
  if (kind === 'dockerfile' || kind === 'devcontainer') {
    const findings = new Findings(true);
    guarded(findings, () =>
      kind === 'dockerfile' ? readDockerfile(text, findings) : readDevcontainer(text, findings),
    );
    return findings.found;
  }
  if (!telling.test(text)) return nothingFound;
  let findings = new Findings(kind !== 'yaml');
  guarded(findings, () => {
    const masked = maskTemplate(text);
    const isTemplate = masked !== text;
    const tree = new YamlTree(masked);
    const found = yamlKind(kind, tree, text);
    findings = new Findings(found !== 'yaml' && found !== 'ci');
    if (tree.problem && !isTemplate) findings.addUnreadable(tree.problem.text, tree.problem);
    const known = environments.map((environment) => parseEnvironmentFile(environment));
    const read = readYamlImages({
      tree,
      kind: found,
      environments: known.map((variables) => (name) => variables.get(name)),
      findings,
    });
    if (tree.problem || isTemplate) readTemplateLines(text, findings, { read: read.lines, scopes: read.scopes });
  });
  return findings.found;
}

function guarded(findings: Findings, work: () => void): void {
  try {
    work();
  } catch (error) {
    // The parsers recurse: a file that is nested too deeply for the stack is one that cannot be read.
    findings.addUnreadable(error instanceof Error ? error.message : String(error), { line: 1, column: 1 });
  }
}
