/** The name that a mistyped one was probably meant to be: at most two letters apart, three of a name of ten or more, whatever the case; `undefined` where none is near. */
export function closestName(wrong: string, names: readonly string[]): string | undefined {
  let [closest, fewest]: [string | undefined, number] = [undefined, Infinity];
  for (const name of names) {
    const most = name.length >= 10 ? 3 : 2;
    // What is longer than any that could be near is not compared letter by letter, since it may have any length.
    if (Math.abs(name.length - wrong.length) > most) continue;
    const apart = lettersApart(wrong.toLowerCase(), name.toLowerCase());
    if (apart <= most && apart < fewest) [closest, fewest] = [name, apart];
  }
  return closest;
}

/** How many letters must be put in, left out or changed. */
function lettersApart(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      row.push(Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
  }
  return row[b.length]!;
}
