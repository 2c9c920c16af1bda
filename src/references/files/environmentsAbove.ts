/** The `.env` files beside a file and in the folders above it, the nearest first. @param path relative, with `/` between its parts @param environments all that there are, likewise */
export function environmentsAbove(path: string, environments: { has(path: string): boolean }): string[] {
  const found: string[] = [];
  for (let slash = path.lastIndexOf('/'); ; slash = path.lastIndexOf('/', slash - 1)) {
    const environment = `${path.slice(0, slash + 1)}.env`;
    if (environments.has(environment)) found.push(environment);
    if (slash <= 0) return found;
  }
}
