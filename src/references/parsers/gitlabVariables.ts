import { isMap, isSeq, type YAMLMap } from 'yaml';
import type { Lookup } from './interpolate.ts';
import { scalarText, type KeyPath, type YamlTree, type YamlValue } from './yamlTree.ts';

/**
 * The prefix of GitLab's proxy of Docker Hub stands for Docker Hub; its own registry is another one.
 * https://docs.gitlab.com/ci/variables/predefined_variables/
 */
const predefined: ReadonlyMap<string, string> = new Map([
  ['CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX', 'docker.io'],
  ['CI_DEPENDENCY_PROXY_DIRECT_GROUP_IMAGE_PREFIX', 'docker.io'],
  ['CI_REGISTRY', 'registry.gitlab.com'],
  ['CI_REGISTRY_IMAGE', 'registry.gitlab.com/project'],
]);

/** Keys at the top of a file whose image every job takes that has none. */
const forAll: ReadonlySet<string> = new Set(['default', 'image', 'services', 'variables', 'workflow']);
/** Ways in which one image is used that are looked at: jobs, and rules of jobs. */
const maxWays = 1000;
/** Jobs over which one extends another that are looked at. */
const longestLine = 20;
/** Values of one variable in a matrix that are looked at. */
const maxValues = 50;

/** Variables that hold together. */
interface VariableScope {
  /** What it is, so that the same is not looked at twice. */
  readonly id: string;
  readonly lookup: Lookup;
}

interface UserScopes {
  readonly base: readonly VariableScope[];
  readonly rules: readonly VariableScope[];
}

interface Job {
  readonly map: YAMLMap;
  /** Jobs whose keys this one takes. */
  readonly extended: readonly string[];
}

/**
 * The variables that the jobs of a GitLab CI file see: their own, those of the file, and some that GitLab sets. A job also runs what another
 * one says that it extends, and its rules may set variables once more: each way is one look-up.
 * @param path leads to something of the job
 */
export class GitlabVariables {
  readonly #tree: YamlTree;
  readonly #jobs = new Map<string, Job>();
  readonly #heirs = new Map<string, string[]>();
  readonly #ways = new Map<string, readonly Lookup[]>();
  readonly #scopes = new Map<string | undefined, UserScopes>();
  readonly #root: YAMLMap[];

  constructor(tree: YamlTree) {
    this.#tree = tree;
    this.#root = tree.roots.filter((root) => isMap(root));
    for (const root of this.#root) {
      for (const { key, value } of tree.entries(root)) {
        if (!isMap(value)) continue;
        const extended = listOf(tree, tree.get(value, 'extends')).map((item) => scalarText(item) ?? '');
        this.#jobs.set(key, { map: value, extended });
        for (const name of extended) {
          const heirs = this.#heirs.get(name);
          if (heirs) heirs.push(key);
          else this.#heirs.set(name, [key]);
        }
      }
    }
  }

  /** The look-ups for what stands at a path, one at least. */
  at(path: KeyPath | undefined): readonly Lookup[] {
    let top = path;
    while (top?.parent) top = top.parent;
    const key = top?.key ?? '';
    let ways = this.#ways.get(key);
    if (!ways) this.#ways.set(key, (ways = this.#waysOf(key)));
    return ways;
  }

  #waysOf(key: string): Lookup[] {
    const users = forAll.has(key) || !this.#jobs.has(key) ? [undefined, ...this.#jobs.keys()] : this.#usersOf(key);
    const ways: Lookup[] = [];
    const seen = new Set<string>();
    for (const user of users) {
      const { base, rules } = this.#scopesOf(user);
      for (const rule of [undefined, ...rules]) {
        if (ways.length >= maxWays) return ways;
        const scopes = rule ? [rule, ...base] : base;
        const id = scopes.map((scope) => scope.id).join();
        if (seen.has(id)) continue;
        seen.add(id);
        ways.push((name) => {
          for (const { lookup } of scopes) {
            const value = lookup(name);
            if (value !== undefined) return value.includes('$') ? undefined : value;
          }
          return predefined.get(name);
        });
      }
    }
    return ways;
  }

  /** What a job sees whichever rule holds, and what its rules add. */
  #scopesOf(user: string | undefined): UserScopes {
    let scopes = this.#scopes.get(user);
    if (scopes) return scopes;
    const line = this.#line(user).map(({ map }) => map);
    scopes = {
      base: [...line, ...this.#root].flatMap((owner) => this.#scope(this.#tree.get(owner, 'variables'))),
      rules: [
        ...line.flatMap((map) => [...this.#rulesIn(map), ...this.#matrixIn(map)]),
        ...this.#root.flatMap((root) => this.#rulesIn(this.#tree.get(root, 'workflow'))),
      ].slice(0, maxWays),
    };
    this.#scopes.set(user, scopes);
    return scopes;
  }

  /** A job and those that extend it, over any number of steps. */
  #usersOf(key: string): string[] {
    const users = new Set([key]);
    for (const user of users) {
      if (users.size > longestLine) break;
      for (const heir of this.#heirs.get(user) ?? []) users.add(heir);
    }
    return [...users];
  }

  /** A job and what it extends, the nearest first; of several the last wins. */
  #line(key: string | undefined): Job[] {
    if (key === undefined) return [];
    const names = new Set([key]);
    for (const name of names) {
      if (names.size > longestLine) break;
      for (const extended of [...(this.#jobs.get(name)?.extended ?? [])].reverse()) names.add(extended);
    }
    return [...names].map((name) => this.#jobs.get(name)).filter((job) => job !== undefined);
  }

  #scope(variables: YamlValue | undefined): VariableScope[] {
    return isMap(variables)
      ? [{ id: String(variables.range?.[0]), lookup: (name) => valueIn(this.#tree, variables, name) }]
      : [];
  }

  #rulesIn(owner: YamlValue | undefined): VariableScope[] {
    if (!isMap(owner)) return [];
    return listOf(this.#tree, this.#tree.get(owner, 'rules')).flatMap((rule) =>
      isMap(rule) ? this.#scope(this.#tree.get(rule, 'variables')) : [],
    );
  }

  #matrixIn(job: YAMLMap): VariableScope[] {
    const parallel = this.#tree.get(job, 'parallel');
    const rows = isMap(parallel)
      ? listOf(this.#tree, this.#tree.get(parallel, 'matrix')).filter((row) => isMap(row))
      : [];
    return rows.flatMap((row) => {
      const axes = new Map(
        this.#tree
          .entries(row)
          .map(({ key, value }) => [key, listOf(this.#tree, value).map((item) => scalarText(item) ?? '')]),
      );
      const length = Math.min(maxValues, Math.max(0, ...[...axes.values()].map((values) => values.length)));
      return Array.from({ length }, (_, index) => ({
        id: `${row.range?.[0]}.${index}`,
        lookup: (name: string) => axes.get(name)?.[index % axes.get(name)!.length],
      }));
    });
  }
}

/** What a map of variables says. A variable that is made of others is not followed. */
function valueIn(tree: YamlTree, variables: YAMLMap, name: string): string | undefined {
  const found = tree.get(variables, name);
  return scalarText(isMap(found) ? tree.get(found, 'value') : found);
}

function listOf(tree: YamlTree, value: YamlValue | undefined): YamlValue[] {
  if (value === undefined) return [];
  return isSeq(value) ? tree.items(value) : [value];
}
