import { arch, cpus, platform, totalmem } from 'node:os';
import process from 'node:process';

/** What of this machine bears on figures, and nothing by which it could be recognized. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGigabytes: number;
  readonly system: string;
  readonly node: string;
}

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  const processors = cpus();
  return {
    cores: processors.length,
    cpu: processors[0]?.model.trim() ?? 'unknown',
    memoryGigabytes: Math.round(totalmem() / 1024 ** 3),
    system: `${platform()} ${arch()}`,
    node: process.version,
  };
}

/** One line about it: "2 cores of …, 8 GB, linux x64, Node v24.21.0". */
export function machineText({ cores, cpu, memoryGigabytes, system, node }: Machine): string {
  return `${cores} cores of ${cpu}, ${memoryGigabytes} GB, ${system}, Node ${node}`;
}
