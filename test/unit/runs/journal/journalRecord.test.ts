import assert from 'node:assert/strict';
import { parseListedTag } from '../../../../src/hub/listing/tagRow.ts';
import { JournalError, writeLine, type JournalLine } from '../../../../src/runs/journal/journalLine.ts';
import { outcomeOf, recordedTags, type JournalRecord } from '../../../../src/runs/journal/journalRecord.ts';
import { splitLines } from '../../../../src/runs/journal/splitLines.ts';
import { makeBatch } from '../../../../src/retention/plan/batch.ts';
import { hasMoved } from '../../../../src/retention/tags/moved.ts';
import { compileProtect } from '../../../../src/retention/policy/protect.ts';
import { imageIdentity, type Tag } from '../../../../src/retention/tags/tag.ts';
import { packImages } from '../../../../src/retention/tags/tagImages.ts';
import { noon } from '../../fakeClock.ts';
import { begun, head, pieces, readText, realJournal } from './journalText.ts';
import { api, batchOf, oldTags } from '../run/runToEnd.ts';
import { planByAge } from '../../retention/plan/planByAge.ts';

const zero = { removed: 0, alreadyGone: 0, spared: 0, failed: 0, uncertain: 0, notReached: 0 };
const resume = writeLine({ type: 'resume', at: noon + 1, confirmed: true, planned: 1 });
const restored = (tag: string) =>
  writeLine({ type: 'restored', at: noon + 2, repository: api, tag, digest: 'sha256:0' });
const end = writeLine({ type: 'end', at: noon + 3, counts: zero, left: true });

/** How every tag stands. */
function stateOf(record: JournalRecord): Record<string, string> {
  return Object.fromEntries(
    [...recordedTags(record)].map((recorded) => [recorded.tag.name, outcomeOf(recorded, record.stops).kind]),
  );
}

/** The same from the lines alone: the last word about each tag. */
function lastWords(lines: readonly JournalLine[]): Record<string, string> {
  const states: Record<string, string> = {};
  for (const line of lines) {
    if (line.type === 'going') for (const [name] of line.tags) states[name] = 'notReached';
    if (line.type === 'intent') states[line.tag] = 'uncertain';
    if (line.type === 'outcome') states[line.tag] = line.outcome.kind;
  }
  return states;
}

function isDamaged(error: unknown): boolean {
  return error instanceof JournalError && error.reason === 'damaged';
}

describe('readJournal', () => {
  it('gives back what was written', async () => {
    const tags = [
      ...oldTags(3),
      { name: 'undated', digest: 'sha256:1', size: 5 },
      { name: 'young', pushedAt: noon - 1 },
      { name: 'latest', pushedAt: 7 },
    ];
    const plan = planByAge({
      repository: api,
      tags,
      asOf: noon,
      cutoff: noon - 60_000,
      protect: compileProtect(['latest']),
      inDateOrder: true,
    });
    const { journal, sink } = await begun(makeBatch([plan], { maxDeletions: 2 }));
    await journal.intend(api, tags[0]!);
    journal.note({ type: 'outcome', repository: api, tag: tags[0]!, outcome: { kind: 'removed' } });
    await journal.intend(api, tags[1]!);
    journal.note({
      type: 'stopped',
      stop: { reason: 'blocked', failure: { kind: 'blocked', status: 403, words: 'no' } },
    });
    await journal.end({ ...zero, removed: 1, uncertain: 1 });
    await journal.restored(api, 't1', tags[0]!.digest!);
    const record = await readText(sink.text);
    const { plans, ...rest } = record;
    assert.deepEqual(rest, {
      ...head,
      startedAt: noon,
      confirmedAt: noon,
      lastAt: noon,
      planned: 2,
      ready: true,
      resumed: 0,
      waited: 0,
      ended: true,
      left: false,
      stops: [{ reason: 'blocked', failure: { kind: 'blocked', status: 403, words: 'no' } }],
    });
    const [{ tags: recorded, ...frame }] = plans as [JournalRecord['plans'][number]];
    assert.deepEqual(frame, {
      repository: api,
      asOf: noon,
      cutoff: noon - 60_000,
      emptiesRepository: false,
      staying: 4,
      picked: new Set(),
      attached: new Map(),
      kept: [
        { reason: { kind: 'younger', than: '90 days' }, count: 1, names: ['young'] },
        { reason: { kind: 'overCap' }, count: 1, names: ['t3'] },
        { reason: { kind: 'protected', pattern: 'latest' }, count: 1, names: ['latest'] },
        { reason: { kind: 'unknownAge' }, count: 1, names: ['undated'] },
      ],
    });
    assert.deepEqual(
      [...recorded.values()],
      [
        { repository: api, tag: tags[0], intended: true, outcome: { kind: 'removed' }, restored: true },
        { repository: api, tag: tags[1], intended: true, restored: false },
      ],
    );
  });

  describe('B1: tags whose rows have no digest', () => {
    const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
    const listed = (name: string, digits: string, own?: string): Tag =>
      parseListedTag({
        name,
        tag_last_pushed: '2021-03-01T10:00:00Z',
        images: [...digits].map((digit) => ({ digest: digest(digit), size: 7 })),
        ...(own !== undefined && { digest: digest(own) }),
      })!;
    /** What a journal gives back of tags, once it is read. */
    const written = async (
      ...tags: readonly Tag[]
    ): Promise<{ readonly back: ReadonlyMap<string, Tag>; readonly text: string }> => {
      const { sink } = await begun(batchOf([api, tags]));
      const [plan] = (await readText(sink.text)).plans;
      return { back: new Map([...plan!.tags].map(([name, { tag }]) => [name, tag])), text: sink.text };
    };

    it('come back with the digest of their one image', async () => {
      const { back } = await written(listed('1.4.0', 'a'), listed('1.3.0', 'b', 'b'));
      assert.deepEqual(
        [back.get('1.4.0'), back.get('1.3.0')],
        [
          { name: '1.4.0', digest: digest('a'), pushedAt: Date.parse('2021-03-01T10:00:00Z'), size: 7 },
          { name: '1.3.0', digest: digest('b'), pushedAt: Date.parse('2021-03-01T10:00:00Z'), size: 7 },
        ],
      );
    });

    it('come back with the set of their images, so that a push of others is noticed', async () => {
      const { back } = await written(listed('1.4.0', 'cab'));
      const tag = back.get('1.4.0')!;
      assert.equal(tag.digest, undefined);
      assert.equal(imageIdentity(tag), imageIdentity(listed('1.4.0', 'bca')));
      for (const same of [listed('1.4.0', 'cab'), listed('1.4.0', 'abc'), listed('1.4.0', 'bca', 'f')]) {
        assert.ok(!hasMoved(tag, same));
      }
      for (const other of [
        listed('1.4.0', 'abd'),
        listed('1.4.0', 'ab'),
        listed('1.4.0', 'abcd'),
        listed('1.4.0', 'abd', 'f'),
      ]) {
        assert.ok(hasMoved(tag, other));
      }
    });

    it('come back without a set where not all of it is known', async () => {
      const { back } = await written({
        ...listed('1.4.0', 'a'),
        digest: undefined!,
        images: packImages([{ digest: digest('a') }, {}]),
      });
      assert.deepEqual([back.get('1.4.0')!.digest, back.get('1.4.0')!.images], [undefined, undefined]);
    });

    it('are written with their sets, and others without', async () => {
      const { text } = await written(listed('1.4.0', 'ab', 'f'), listed('1.3.0', 'ab'));
      const entries = text
        .split('\n')
        .flatMap((line) =>
          line.startsWith('{"type":"going"') ? (JSON.parse(line) as { tags: unknown[][] }).tags : [],
        );
      assert.deepEqual(
        new Map(entries.map((entry) => [entry[0], entry[4]])),
        new Map<unknown, unknown>([
          ['1.3.0', ['a', 'b'].map((digit) => digit.repeat(64))],
          ['1.4.0', undefined],
        ]),
      );
    });

    it('come back from lines that are cut wherever they get too long', async () => {
      const tags = Array.from({ length: 300 }, (_, i) => listed(`t${i}`, '0123456789abcdef'.slice(i % 15)));
      const { back } = await written(...tags);
      assert.equal(back.size, 300);
      for (const tag of tags) assert.ok(!hasMoved(back.get(tag.name)!, tag), tag.name);
    });
  });

  describe('after a crash at any instant (invariant 5)', () => {
    it('has each tag as not done or uncertain when its DELETE is on its way', async () => {
      for (const { tag, written } of (await realJournal()).deletes) {
        assert.equal(stateOf(await readText(written))[tag], 'uncertain');
      }
    });

    it('reads a journal that ends at any byte, and says of each tag what the whole lines say', async function () {
      this.timeout(60_000);
      const { text } = await realJournal();
      const bytes = Buffer.from(text);
      const kinds = new Set<string>();
      for (let length = 0; length < bytes.length; length++) {
        const torn = bytes.subarray(0, length).toString();
        const lines = torn
          .split('\n')
          .flatMap((line) => (line.endsWith('}') && isJson(line) ? [JSON.parse(line) as JournalLine] : []));
        if (lines.length === 0) {
          await assert.rejects(readText(torn), (error) => error instanceof JournalError && error.reason === 'missing');
          continue;
        }
        const states = stateOf(await readText(torn));
        assert.deepEqual(states, lastWords(lines), `at byte ${length}`);
        Object.values(states).forEach((kind) => kinds.add(kind));
      }
      assert.deepEqual(
        [...kinds].sort(),
        ['alreadyGone', 'failed', 'notReached', 'removed', 'spared', 'uncertain'],
        'every kind occurred',
      );
    });

    it('reads it as well once a later session has gone on behind the torn line', async function () {
      this.timeout(60_000);
      const { text } = await realJournal();
      const ready = text.indexOf('{"type":"ready"}\n') + 17;
      for (let length = ready; length < text.length; length += 7) {
        const torn = text.slice(0, length).replace(/([^\n])$/, '$1\n');
        const states = stateOf(await readText(torn));
        for (const more of [resume, restored('t1'), end, resume + restored('t2') + end]) {
          assert.deepEqual(stateOf(await readText(torn + more)), states, `at ${length}`);
        }
      }
    });

    it('reads it also where the first line of that session is torn in turn', async () => {
      const { text } = await realJournal();
      const torn = `${text.trimEnd().slice(0, -9)}\n`;
      const states = stateOf(await readText(torn));
      for (const line of [resume, restored('t1'), end]) {
        for (let length = 1; length < line.length - 1; length++) {
          const twice = torn + line.slice(0, length);
          assert.deepEqual(stateOf(await readText(twice)), states);
          assert.deepEqual(stateOf(await readText(`${twice}\n${resume}`)), states);
        }
      }
      assert.deepEqual(
        stateOf(await readText(`${torn}\0\0\0\n{"type":"re\0\0\0\n${resume}`)),
        states,
        'blocks that never reached the disk',
      );
    });

    it('takes a tail of zeros for a torn line', async () => {
      const { text } = await realJournal();
      assert.deepEqual(stateOf(await readText(`${text}${'\0'.repeat(4096)}`)), stateOf(await readText(text)));
    });

    it('knows a run whose plans are not all there as one of which nothing was done', async () => {
      const { text } = await realJournal();
      const record = await readText(text.slice(0, text.indexOf('{"type":"ready"')));
      assert.deepEqual([record.ready, record.ended], [false, false]);
      const left = await readText(`${text.slice(0, text.indexOf('{"type":"ready"'))}${end}`);
      assert.deepEqual([left.ready, left.ended, left.left], [false, true, true]);
    });
  });

  describe('refuses a journal that is damaged', () => {
    it('in any line but the last', async () => {
      const lines = (await realJournal()).text.trimEnd().split('\n');
      // The line in front of the end may be torn, and the end that of a run that was left.
      for (let i = 0; i < lines.length - 2; i++) {
        const line = lines[i]!;
        for (const bad of [
          line.slice(0, -1),
          line.slice(line.length / 2),
          '\0'.repeat(line.length),
          'null',
          '[]',
          '{}',
          line.replace('"type":"', '"type":"x'),
          `${line.slice(0, -1)},"at":"now","tags":1,"version":0,"repository":1,"count":-1}`,
        ]) {
          if (bad === line || (line === '{"type":"ready"}' && isJson(bad) && bad.includes('"ready"'))) continue;
          await assert.rejects(
            readText([...lines.slice(0, i), bad, ...lines.slice(i + 1)].join('\n')),
            isDamaged,
            `line ${i + 1}: ${bad}`,
          );
        }
      }
    });

    it('where a line of a plan, or the intent of a tag that was removed, is lost without a trace', async () => {
      const young = Array.from({ length: 120 }, (_, i) => ({ name: `y${i}`, pushedAt: noon }));
      const plan = planByAge({
        repository: api,
        tags: [...oldTags(120), ...young],
        asOf: noon,
        cutoff: noon - 1000,
        protect: compileProtect([]),
      });
      const { journal, sink } = await begun(makeBatch([plan], { maxDeletions: 0 }));
      await journal.intend(api, { name: 't1' });
      journal.outcome(api, 't1', { kind: 'removed' });
      await journal.intend(api, { name: 't2' });
      const lines = sink.text.trimEnd().split('\n');
      assert.deepEqual(
        sink.lines.map(({ type }) => type),
        ['run', 'plan', 'going', 'going', 'staying', 'staying', 'ready', 'intent', 'outcome', 'intent'],
      );
      for (let i = 0; i < 8; i++) {
        await assert.rejects(readText(lines.toSpliced(i, 1).join('\n')), isDamaged, `without line ${i + 1}`);
      }
      for (let i = 0; i < 7; i++) {
        await assert.rejects(readText(lines.toSpliced(i, 0, lines[i]!).join('\n')), isDamaged, `line ${i + 1} twice`);
      }
    });

    it('that tells of tags that were not planned, or of intents behind the end', async () => {
      const { sink } = await begun(batchOf([api, oldTags(1)]));
      const intent = (tag: string, repository = api) => writeLine({ type: 'intent', at: noon, repository, tag });
      for (const more of [
        intent('t2'),
        intent('t1', { namespace: 'team', name: 'web' }),
        intent('__proto__'),
        restored('t2'),
        writeLine({ type: 'outcome', at: noon, repository: api, tag: 't2', outcome: { kind: 'spared' } }),
        end + intent('t1'),
      ]) {
        await assert.rejects(readText(sink.text + more), isDamaged, more);
      }
      assert.deepEqual(stateOf(await readText(sink.text + end + resume + intent('t1'))), { t1: 'uncertain' });
      await assert.rejects(
        readText(sink.text.replace('{"type":"ready"}\n', '') + resume),
        isDamaged,
        'nothing to go on with',
      );
    });
  });

  it('refuses a journal of a newer version with a word that says so, whatever else is in it', async () => {
    const { text } = await realJournal();
    for (const newer of [
      text.replace('"version":3', '"version":4'),
      '{"type":"run","version":7,"shape":"unheard of"}\n{"type":"novelty"}\n',
    ]) {
      await assert.rejects(
        readText(newer),
        (error) =>
          error instanceof JournalError &&
          error.reason === 'newer' &&
          /version [47]; this program reads version 3/.test(error.message),
      );
    }
    for (const odd of ['"version":0', '"version":"3"', '"version":1.5e-9', '"version":null']) {
      await assert.rejects(readText(text.replace('"version":3', odd)), isDamaged);
    }
  });

  it('reads the versions before', async () => {
    const { text } = await realJournal();
    for (const version of [1, 2]) {
      assert.deepEqual(await readText(text.replace('"version":3', `"version":${version}`)), await readText(text));
    }
  });

  it('takes a journal without any line for one that is missing', async () => {
    for (const text of ['', '\n\n', '{"type":"ru', '\0\0', 'nonsense\n']) {
      await assert.rejects(readText(text), (error) => error instanceof JournalError && error.reason === 'missing');
    }
  });

  it('passes fields over that it does not know', async () => {
    const { sink } = await begun(batchOf([api, oldTags(1)]));
    assert.ok((await readText(sink.text.replaceAll('}\n', ',"later":[1]}\n'))).ready);
  });

  it('counts waits of several requests at one time once, and to where they were cut short', async () => {
    const { sink } = await begun(batchOf([api, oldTags(1)]));
    const wait = (at: number, until: number) =>
      writeLine({ type: 'wait', at: noon + at, until: noon + until, why: 'backoff' });
    const stop = writeLine({ type: 'stop', at: noon + 1_500, reason: 'cancelled' });
    const waited = async (more: string) => (await readText(sink.text + more)).waited;
    const later = writeLine({ type: 'stop', at: noon + 90_000, reason: 'cancelled' });
    assert.equal(await waited(wait(0, 1_000) + later), 1_000);
    assert.equal(await waited(wait(0, 1_000) + wait(100, 1_100) + wait(200, 700) + later), 1_100);
    assert.equal(await waited(wait(0, 60_000) + stop), 1_500);
    assert.equal(await waited(wait(1_000, 60_000) + stop + resume + later), 500);
    assert.equal(await waited(wait(5_000, 1_000) + later), 0, 'a clock that was set back');
  });

  it("does not count the time until tags were put back as the run's", async () => {
    const { journal, sink } = await begun(batchOf([api, oldTags(1)]));
    await journal.intend(api, oldTags(1)[0]!);
    const late = writeLine({
      type: 'restored',
      at: noon + 7 * 24 * 3_600_000,
      repository: api,
      tag: 't1',
      digest: 'sha256:0',
    });
    assert.equal((await readText(sink.text + late)).lastAt, noon);
  });

  it('knows how often it was gone on with, and when it was last confirmed', async () => {
    const { sink } = await begun(batchOf([api, oldTags(1)]));
    const resumeAt = (at: number, confirmed: boolean) => writeLine({ type: 'resume', at, confirmed, planned: 1 });
    const record = await readText(
      sink.text +
        writeLine({ type: 'stop', at: noon + 5, reason: 'offline' }) +
        resumeAt(noon + 10, true) +
        resumeAt(noon + 20, false),
    );
    assert.deepEqual([record.resumed, record.confirmedAt, record.lastAt, record.stops], [2, noon + 10, noon + 20, []]);
  });
});

describe('outcomeOf', () => {
  it('takes the stop of a repository for its tags alone, and a run without one for interrupted', () => {
    const recorded = { repository: api, tag: { name: 't' }, intended: false, restored: false };
    assert.deepEqual(outcomeOf(recorded, []), { kind: 'notReached', reason: 'interrupted' });
    assert.deepEqual(
      outcomeOf(recorded, [
        { reason: 'missingRight', repository: { namespace: 'team', name: 'web' } },
        { reason: 'offline' },
      ]),
      { kind: 'notReached', reason: 'offline' },
    );
    assert.deepEqual(outcomeOf({ ...recorded, intended: true }, [{ reason: 'offline' }]), {
      kind: 'uncertain',
      failure: { kind: 'interrupted' },
    });
  });
});

describe('splitLines', () => {
  it('ends lines at line feeds only, wherever the pieces are cut', async () => {
    const text = 'a\u2028b\rc\n\nd\u2029\n\u{1f600}';
    for (let size = 1; size <= text.length; size++) {
      const lines: string[] = [];
      const cut = async function* () {
        for (let i = 0; i < text.length; i += size) yield text.slice(i, i + size);
      };
      for await (const line of splitLines(cut())) lines.push(line);
      assert.deepEqual(lines, ['a\u2028b\rc', '', 'd\u2029', '\u{1f600}']);
    }
    for await (const line of splitLines(pieces(''))) assert.fail(line);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
