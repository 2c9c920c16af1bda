import type { Services } from './services.ts';

/** `Refresh`: reads a branch again, or all of them. */
export function refresh({ model }: Services, argument?: unknown): void {
  model.refresh(model.find(argument));
}
