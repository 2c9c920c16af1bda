import { order, roomGraph, type ImportGraph } from './importRules.ts';

/**
 * The rooms as a flowchart for mermaid: a box for each room right under `src` that lists the rooms in it, and an arrow to each that it imports, but
 * for those that it reaches by way of others.
 */
export function roomPicture(graph: ImportGraph): string {
  const nested = new Map<string, string[]>(order.map((floor) => [floor, []]));
  const arrows = new Map<string, Set<string>>(order.map((floor) => [floor, new Set<string>()]));
  for (const [room, imported] of roomGraph(graph)) {
    const [, floor, ...below] = room.split('/');
    if (below.length > 0) nested.get(floor!)!.push(below.join('/'));
    for (const target of imported) if (floorOf(target) !== floor) arrows.get(floor!)!.add(floorOf(target));
  }
  const boxes = order.map((floor) => `  ${floor}["<b>${floor}</b>${listed(nested.get(floor)!)}"]`);
  const lines = order.flatMap((from) =>
    order.filter((to) => arrows.get(from)!.has(to) && !isReached(from, to, arrows)).map((to) => `  ${from} --> ${to}`),
  );
  return ['flowchart TD', ...boxes, ...lines].join('\n');
}

function listed(rooms: readonly string[]): string {
  return rooms.length === 0 ? '' : `<br/>${[...rooms].sort().join(', ')}`;
}

/** Whether one room reaches another through a third. */
function isReached(from: string, to: string, arrows: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  return [...arrows.get(from)!].some((between) => between !== to && reaches(between, to, arrows));
}

function reaches(from: string, to: string, arrows: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  return [...arrows.get(from)!].some((next) => next === to || reaches(next, to, arrows));
}

function floorOf(room: string): string {
  return room.split('/')[1]!;
}
