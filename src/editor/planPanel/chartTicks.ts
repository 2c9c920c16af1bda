/** Steps between two numbers at the side of the picture, at most. */
const maxSteps = 4;

/** Round numbers from 0 up to the first that is not below `most`: at most five, of which the last is above 0. @param whole whether they must be whole */
export function chartTicks(most: number, whole: boolean): readonly number[] {
  const rough = Math.max(most, whole ? 1 : Number.MIN_VALUE * 1e10) / maxSteps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step =
    [1, 2, 2.5, 5, 10]
      .map((factor) => factor * power)
      .find((size) => size >= rough && (!whole || Number.isInteger(size))) ?? Math.ceil(rough);
  const count = Math.max(1, Math.ceil(most / step));
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}
