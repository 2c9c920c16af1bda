import assert from 'node:assert/strict';
import { accountNodeId, namespaceNodeId, repositoryNodeId } from '../../../../src/editor/tree/node.ts';
import type { RepositoryName } from '../../../../src/retention/tags/repositoryName.ts';
import { useVscodeDouble } from '../../../ui/vscodeDouble.ts';

const origins = {
  api: 'https://hub.docker.com',
  registry: 'https://registry-1.docker.io',
  token: 'https://auth.docker.io',
};
const account = { name: 'ada', kind: 'user', origins } as const;

/** How often the name of a repository was read. */
let reads = 0;

function repositoriesOf(prefix: string, count: number): readonly RepositoryName[] {
  return Array.from({ length: count }, (_, i) => ({
    namespace: 'acme',
    get name() {
      return (reads++, `${prefix}-${i}`);
    },
  }));
}

/** A port of so many repositories, what tells of changes, and how often the panel was told. */
async function listening(count: number) {
  const { planPort } = await import('../../../../src/editor/planPanel/createPlanPort.ts');
  const listeners = {
    forget: (_: unknown) => undefined as unknown,
    use: (_: readonly RepositoryName[]) => undefined as unknown,
  };
  const services = {
    model: {
      onDidForget: (listener: typeof listeners.forget) => ((listeners.forget = listener), { dispose: () => undefined }),
    },
    references: {
      onDidChange: (listener: typeof listeners.use) => ((listeners.use = listener), { dispose: () => undefined }),
    },
  };
  const told = { times: 0 };
  planPort(services as never, account, repositoriesOf('ours', count)).onDidChangeTags(() => told.times++);
  return {
    ...listeners,
    told,
    forget: (node: unknown) => listeners.forget(node),
    use: (used: readonly RepositoryName[]) => listeners.use(used),
  };
}

describe('the port of a plan panel', () => {
  before(useVscodeDouble);

  it('G4: looks at thousands of repositories that came to be used once each, and at its own ones not again', async () => {
    const { use, told } = await listening(2000);
    const others = repositoriesOf('others', 2000);
    reads = 0;
    use(others);
    assert.equal(told.times, 0);
    assert.ok(reads <= 2 * 2000, `${reads} reads`);
  });

  it('G4: looks at none of its repositories when a row of the tree is forgotten', async () => {
    const { forget, told } = await listening(2000);
    reads = 0;
    for (let i = 0; i < 100; i++) forget({ id: repositoryNodeId(account, { namespace: 'acme', name: `others-${i}` }) });
    assert.deepEqual([told.times, reads], [0, 0]);
  });

  it('hears of its repositories, of what is above them, and of all', async () => {
    const { forget, use, told } = await listening(3);
    use([
      { namespace: 'acme', name: 'others-1' },
      { namespace: 'acme', name: 'ours-2' },
    ]);
    for (const id of [
      repositoryNodeId(account, { namespace: 'acme', name: 'ours-0' }),
      namespaceNodeId(account, 'acme'),
      accountNodeId(account),
    ]) {
      forget({ id });
    }
    forget(undefined);
    assert.equal(told.times, 5);
    forget({ id: namespaceNodeId(account, 'beta') });
    use([{ namespace: 'beta', name: 'ours-0' }]);
    assert.equal(told.times, 5);
  });
});
