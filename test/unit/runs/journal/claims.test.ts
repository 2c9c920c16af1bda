import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import sinon from 'sinon';
import { Claims, type Held } from '../../../../src/runs/journal/claims.ts';
import { processSpace } from '../../../../src/runs/journal/processSpace.ts';
import { FakeClock, settled } from '../../fakeClock.ts';
import type { Order, Report } from './claimant.ts';
import { scratchFolder } from './scratchFolder.ts';

/** Another process that claims things. */
class Claimant implements AsyncDisposable {
  readonly child: ChildProcess;

  constructor(folder: string) {
    this.child = fork(join(import.meta.dirname, 'claimant.ts'), [folder], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  /** Sends an order and gives the next report. */
  async tell(order: Order): Promise<Report> {
    const report = this.next();
    this.child.send(order);
    return report;
  }

  async next(): Promise<Report> {
    const [report] = (await once(this.child, 'message')) as [Report];
    return report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }
}

function assertHeld(result: Held | readonly string[]): asserts result is Held {
  assert.ok('release' in result, `taken: ${JSON.stringify(result)}`);
}

/** Claims in a folder, with time that moves only when told, or hurries. */
function claimsIn(folder: string, hurries = true) {
  const clock = new FakeClock({ hurries });
  return { clock, claims: new Claims(folder, clock) };
}

/** Puts down the claim of a process that was killed and whose number another program has by now (or what is told), and gives its file. */
async function orphan(
  folder: string,
  thing: string,
  content = JSON.stringify({ pid: process.ppid, host: hostname() }),
): Promise<string> {
  const { claims } = claimsIn(folder);
  const before = new Set(await readdir(folder).catch(() => []));
  const held = await claims.take([thing]);
  assertHeld(held);
  const file = join(
    folder,
    (await readdir(folder)).find((name) => !before.has(name))!,
  );
  await held.release();
  await writeFile(file, content);
  return file;
}

describe('Claims', () => {
  it('hold a thing until it is given back, whoever asks', async () => {
    await using scratch = await scratchFolder();
    const { claims, clock } = claimsIn(join(scratch.path, 'deep', 'claims'));
    assert.equal(await claims.isHeld('a'), false);
    const held = await claims.take(['a', 'b']);
    assertHeld(held);
    assert.deepEqual(await claims.take(['a']), ['a']);
    assert.deepEqual(
      [await claims.isHeld('a'), await claims.isHeld('b'), await claims.isHeld('c')],
      [true, true, false],
    );
    assert.equal(held.lost.aborted, false);
    await held.release();
    assert.deepEqual(await readdir(join(scratch.path, 'deep', 'claims')), [], 'nothing is left');
    assert.equal(await claims.isHeld('a'), false);
    const again = await claims.take(['a']);
    assertHeld(again);
    await again.release();
    assert.deepEqual(clock.slept, [], 'nothing was watched');
  });

  it('are all or nothing, and name what is taken', async () => {
    await using scratch = await scratchFolder();
    const { claims } = claimsIn(scratch.path);
    const held = await claims.take(['b', 'd']);
    assertHeld(held);
    assert.deepEqual(await claims.take(['a', 'b', 'c', 'd']), ['b', 'd']);
    assert.equal((await readdir(scratch.path)).length, 2);
    for (const free of ['a', 'c']) {
      const other = await claims.take([free]);
      assertHeld(other);
      await other.release();
    }
    await held.release();
  });

  it('take things of any name, the same twice, and none', async () => {
    await using scratch = await scratchFolder();
    const { claims } = claimsIn(scratch.path);
    for (const things of [['', '../x', 'a/b', 'x'.repeat(10_000), '\0', 'A', 'a'], ['a', 'a'], []]) {
      const held = await claims.take(things);
      assertHeld(held);
      if (things.includes('A')) assert.deepEqual(await claims.take(['A', 'b']), ['A']);
      await held.release();
    }
    assert.deepEqual(await readdir(scratch.path), []);
  });

  it('cannot be taken where the folder cannot be written, and say so', async () => {
    await using scratch = await scratchFolder();
    const path = join(scratch.path, 'file');
    await writeFile(path, 'a file');
    await assert.rejects(claimsIn(path).claims.take(['a']), { code: 'EEXIST' });
    await assert.rejects(claimsIn(join(path, 'claims')).claims.take(['a']), { code: 'ENOTDIR' });
    assert.equal(await claimsIn(join(scratch.path, 'none')).claims.isHeld('a'), false);
  });

  describe('of a process that has ended', () => {
    it('are free at once when its number is gone', async () => {
      await using scratch = await scratchFolder();
      await using other = new Claimant(scratch.path);
      assert.equal(await other.tell({ take: ['a', 'b'], after: 0 }), 'held');
      const { claims, clock } = claimsIn(scratch.path);
      assert.equal(await claims.isHeld('a'), true);
      const exited = once(other.child, 'exit');
      other.child.kill('SIGKILL');
      await exited;
      assert.equal(await claims.isHeld('a'), false);
      const held = await claims.take(['a', 'b']);
      assertHeld(held);
      assert.deepEqual(clock.slept, [], 'nothing had to be watched');
      assert.equal((await readdir(scratch.path)).length, 2, 'its files are gone');
      await held.release();
    });

    it('are taken after 20 s when another program has its number, many of them at the same time', async () => {
      await using scratch = await scratchFolder();
      const things = Array.from({ length: 20 }, (_, i) => `thing ${i}`);
      for (const thing of things) await orphan(scratch.path, thing);
      const { claims, clock } = claimsIn(scratch.path);
      const startedAt = clock.now();
      const held = await claims.take(things);
      assertHeld(held);
      const took = clock.now() - startedAt;
      // Time goes on while files are looked at, so that it may be somewhat more.
      assert.ok(took >= 20_000 && took < 10 * 20_000, `${took} ms`);
      assert.equal((await readdir(scratch.path)).length, 20);
      await held.release();
    });

    for (const [what, content] of [
      ['is empty', ''],
      ['is torn', '{"pid":1'],
      ['comes from another machine', JSON.stringify({ pid: 2 ** 22 + 1, host: 'elsewhere' })],
      ['names nonsense', '{"pid":-1.5,"host":3}'],
    ] as const) {
      it(`are watched as well when the file ${what}`, async () => {
        await using scratch = await scratchFolder();
        await orphan(scratch.path, 'a', content);
        const { claims, clock } = claimsIn(scratch.path);
        const startedAt = clock.now();
        const held = await claims.take(['a']);
        assertHeld(held);
        assert.equal(clock.now() - startedAt, 20_000);
        await held.release();
      });
    }

    describe('D9: whose process cannot be seen from here', () => {
      const nobody = 2 ** 22 + 1;
      const spaces: readonly [what: string, claim: object][] = [
        [
          'runs in another PID namespace of the same machine',
          { pid: nobody, host: hostname(), space: 'boot-1 pid:[2]' },
        ],
        ['ran before the machine was started anew', { pid: nobody, host: hostname(), space: 'boot-2 pid:[1]' }],
        ['was of an earlier version', { pid: nobody, host: hostname() }],
        ['is of another machine', { pid: nobody, host: 'elsewhere', space: 'boot-1 pid:[1]' }],
      ];
      const here = async () => 'boot-1 pid:[1]';
      for (const [what, claim] of spaces) {
        it(`are watched for 20 s: it ${what}`, async () => {
          await using scratch = await scratchFolder();
          await orphan(scratch.path, 'a', JSON.stringify(claim));
          const clock = new FakeClock({ hurries: true });
          const claims = new Claims(scratch.path, clock, here);
          assert.equal(await claims.isHeld('a'), true);
          const startedAt = clock.now();
          const held = await claims.take(['a']);
          assertHeld(held);
          assert.equal(clock.now() - startedAt, 20_000);
          await held.release();
        });
      }

      it('are watched for 20 s where this process does not know its own namespace', async () => {
        await using scratch = await scratchFolder();
        await orphan(scratch.path, 'a', JSON.stringify({ pid: nobody, host: hostname() }));
        const clock = new FakeClock({ hurries: true });
        const startedAt = clock.now();
        const held = await new Claims(scratch.path, clock, async () => undefined).take(['a']);
        assertHeld(held);
        assert.equal(clock.now() - startedAt, 20_000);
        await held.release();
      });

      it('are never taken while that process renews them', async () => {
        await using scratch = await scratchFolder();
        const file = await orphan(
          scratch.path,
          'a',
          JSON.stringify({ pid: nobody, host: hostname(), space: 'boot-1 pid:[2]' }),
        );
        const clock = new FakeClock();
        const taking = new Claims(scratch.path, clock, here).take(['a']);
        await until(() => clock.sleepers === 1);
        const later = new Date(Date.now() + 5_000);
        await utimes(file, later, later);
        await clock.advance(1_000);
        assert.deepEqual(await taking, ['a']);
      });

      it('are taken at once where it is the same one', async () => {
        await using scratch = await scratchFolder();
        await orphan(scratch.path, 'a', JSON.stringify({ pid: nobody, host: hostname(), space: 'boot-1 pid:[1]' }));
        const clock = new FakeClock();
        const claims = new Claims(scratch.path, clock, here);
        assert.equal(await claims.isHeld('a'), false);
        const held = await claims.take(['a']);
        assertHeld(held);
        await held.release();
      });

      it('say where their process runs, as far as the system tells', async () => {
        await using scratch = await scratchFolder();
        const held = await claimsIn(scratch.path).claims.take(['a']);
        assertHeld(held);
        const [name] = await readdir(scratch.path);
        const { space } = JSON.parse(await readFile(join(scratch.path, name!), 'utf8')) as { space?: string };
        assert.equal(space, await processSpace());
        if (process.platform === 'linux') assert.match(space!, /^[0-9a-f-]{36} pid:\[\d+\]$/);
        assert.equal(await processSpace(scratch.path), undefined, 'a system that does not tell');
        await held.release();
      });
    });

    it('are not seen as held once they are old', async () => {
      await using scratch = await scratchFolder();
      const file = await orphan(scratch.path, 'a');
      const { claims } = claimsIn(scratch.path);
      assert.equal(await claims.isHeld('a'), true);
      const longAgo = new Date(Date.now() - 60_000);
      await utimes(file, longAgo, longAgo);
      assert.equal(await claims.isHeld('a'), false);
      assert.ok(await stat(file), 'only who wants a thing removes what is dead');
    });

    it('do not end a watch that is called off', async () => {
      await using scratch = await scratchFolder();
      await orphan(scratch.path, 'a');
      const { claims } = claimsIn(scratch.path, false);
      const controller = new AbortController();
      const taking = claims.take(['a', 'b'], controller.signal);
      const rejected = assert.rejects(taking, /enough/);
      await settled();
      controller.abort(new Error('enough'));
      await rejected;
      assert.equal((await readdir(scratch.path)).length, 1, 'its own files are gone');
    });
  });

  describe('of a process that stands still', () => {
    it('are not taken before it was watched for 20 s, nor when it wakes until then', async () => {
      await using scratch = await scratchFolder();
      await using other = new Claimant(scratch.path);
      assert.equal(await other.tell({ take: ['a'], after: 0 }), 'held');
      other.child.kill('SIGSTOP');
      const [name] = await readdir(scratch.path);
      const { claims, clock } = claimsIn(scratch.path, false);
      let result: Held | readonly string[] | undefined;
      const taking = claims.take(['a']).then((taken) => (result = taken));
      await until(() => clock.sleepers === 1);
      for (let second = 1; second < 20; second++) {
        await clock.advance(1_000);
        await until(() => clock.sleepers === 1);
      }
      assert.equal(result, undefined);
      // What the other one does first when it wakes.
      await utimes(join(scratch.path, name!), new Date(), new Date());
      await clock.advance(1_000);
      assert.deepEqual(await taking, ['a']);
      assert.deepEqual(await readdir(scratch.path), [name]);
    });

    it('are lost after that, and it learns so when it wakes', async function () {
      this.timeout(30_000);
      await using scratch = await scratchFolder();
      await using other = new Claimant(scratch.path);
      assert.equal(await other.tell({ take: ['a'], after: 0 }), 'held');
      other.child.kill('SIGSTOP');
      const { claims } = claimsIn(scratch.path);
      const held = await claims.take(['a']);
      assertHeld(held);
      const report = other.next();
      other.child.kill('SIGCONT');
      assert.equal(await report, 'lost');
      assert.equal(held.lost.aborted, false);
      await held.release();
    });
  });

  describe('are renewed', () => {
    let timers: sinon.SinonFakeTimers;
    beforeEach(() => (timers = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })));
    afterEach(() => timers.restore());

    it('every 5 s while they are held, so that nobody takes them', async () => {
      await using scratch = await scratchFolder();
      const mine = claimsIn(scratch.path).claims;
      const held = await mine.take(['a']);
      assertHeld(held);
      const { claims, clock } = claimsIn(scratch.path, false);
      for (let round = 0; round < 3; round++) {
        const taking = claims.take(['a']);
        await until(() => clock.sleepers === 1);
        timers.tick(5_000);
        let over = false;
        void taking.then(() => (over = true));
        for (let second = 0; second < 20 && !over; second++) await tickWhenAsleep(clock, () => over);
        assert.deepEqual(await taking, ['a']);
      }
      assert.equal(held.lost.aborted, false);
      await held.release();
    });

    it('already while dead ones are watched, so that who comes second does not take the first for dead', async () => {
      await using scratch = await scratchFolder();
      const dead = await orphan(scratch.path, 'a');
      const first = claimsIn(scratch.path, false);
      const taking = first.claims.take(['a']);
      await until(() => first.clock.sleepers === 1);
      const [own] = (await readdir(scratch.path))
        .map((name) => join(scratch.path, name))
        .filter((file) => file !== dead);
      const before = (await stat(own!)).mtimeMs;
      timers.tick(5_000);
      await until(async () => (await stat(own!)).mtimeMs !== before);
      let over = false;
      void taking.then(() => (over = true));
      for (let second = 0; second < 20; second++) await tickWhenAsleep(first.clock, () => over);
      const held = await taking;
      assertHeld(held);
      await held.release();
    });

    it('and lost when that cannot be done, or when they were taken during the watch', async () => {
      await using scratch = await scratchFolder();
      const held = await claimsIn(scratch.path).claims.take(['a', 'b']);
      assertHeld(held);
      const [name] = await readdir(scratch.path);
      await rm(join(scratch.path, name!));
      const lost = once(held.lost, 'abort');
      timers.tick(5_000);
      await lost;
      await held.release();
      assert.deepEqual(await readdir(scratch.path), []);

      const dead = await orphan(scratch.path, 'a');
      const { claims, clock } = claimsIn(scratch.path, false);
      const taking = claims.take(['a']);
      await until(() => clock.sleepers === 1);
      for (const file of await readdir(scratch.path)) await rm(join(scratch.path, file));
      await clock.advance(1_000);
      assert.deepEqual(await taking, ['a']);
      await assert.rejects(stat(dead), { code: 'ENOENT' });
    });

    it('no more once they were given back', async () => {
      await using scratch = await scratchFolder();
      const held = await claimsIn(scratch.path).claims.take(['a']);
      assertHeld(held);
      await held.release();
      assert.equal(timers.countTimers(), 0);
      assert.equal(held.lost.aborted, false);
    });
  });

  it('are never held by two processes at once, in 400 rounds', async function () {
    this.timeout(120_000);
    await using scratch = await scratchFolder();
    await mkdir(join(scratch.path, 'claims'));
    await using a = new Claimant(join(scratch.path, 'claims'));
    await using b = new Claimant(join(scratch.path, 'claims'));
    const counts = { a: 0, b: 0, neither: 0 };
    for (let round = 0; round < 400; round++) {
      const after = ((round * 7) % 40) / 20;
      const [first, second] = await Promise.all([
        a.tell({ take: ['shared', 'a'], after }),
        b.tell({ take: ['b', 'shared'], after: 2 - after }),
      ]);
      assert.ok(first !== 'held' || second !== 'held', `round ${round}: both hold it`);
      counts[first === 'held' ? 'a' : second === 'held' ? 'b' : 'neither']++;
      await Promise.all([a.tell('release'), b.tell('release')]);
    }
    assert.deepEqual(await readdir(join(scratch.path, 'claims')), []);
    assert.ok(counts.a > 20 && counts.b > 20, `nobody got it: ${JSON.stringify(counts)}`);
  });
});

/** Looks again until something holds. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await settled();
}

/** Lets a second pass once somebody sleeps, unless everything is over first. */
async function tickWhenAsleep(clock: FakeClock, isOver: () => boolean): Promise<void> {
  await until(() => clock.sleepers > 0 || isOver());
  await clock.advance(1_000);
}
