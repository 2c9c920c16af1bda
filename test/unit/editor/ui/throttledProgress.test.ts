import assert from 'node:assert/strict';
import sinon from 'sinon';
import { throttledProgress } from '../../../../src/editor/ui/throttledProgress.ts';

interface Told {
  readonly message?: string;
  readonly increment?: number;
}

describe('throttledProgress', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => (clock = sinon.useFakeTimers()));
  afterEach(() => clock.restore());

  function setUp() {
    const told: Told[] = [];
    let state = 0;
    const reporter = throttledProgress({ report: (value) => void told.push(value) }, () => String(state));
    return { told, reporter, tell: (increment?: number) => (state++, reporter.report(increment)) };
  }

  it('tells ten times a second at most, each time what is then so', () => {
    const { told, tell } = setUp();
    for (let i = 0; i < 1000; i++) {
      tell();
      clock.tick(1);
    }
    assert.ok(told.length <= 11, String(told.length));
    assert.deepEqual(
      told.slice(0, 2).map(({ message }) => message),
      ['1', '100'],
    );
  });

  it('tells the last state once nothing more comes, or at the end, and loses no increment', () => {
    const { told, tell, reporter } = setUp();
    tell(1);
    tell(2);
    tell(3);
    clock.tick(100);
    assert.deepEqual(told, [
      { message: '1', increment: 1 },
      { message: '3', increment: 5 },
    ]);
    tell(4);
    reporter[Symbol.dispose]();
    assert.deepEqual(told.at(-1), { message: '4', increment: 4 });
    clock.tick(1000);
    assert.equal(told.length, 3);
  });
});
