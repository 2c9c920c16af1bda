import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseAttachmentName } from '../../../../src/retention/tags/attachment.ts';
import { beginsWithDigits } from '../../../../src/retention/tags/hexDigits.ts';
import { firstDigits } from '../../../../src/retention/tags/tagImages.ts';

const digit = fc.constantFrom(...'0123456789abcdef');
const digits = fc.array(digit, { minLength: 64, maxLength: 64 }).map((each) => each.join(''));

describe('the digits of digests and names', () => {
  it('are told from others as firstDigits tells them', () => {
    const ending = fc.constantFrom('', '0', 'a0', 'G', '-');
    fc.assert(
      fc.property(
        digits,
        fc.nat(64),
        ending,
        fc.boolean(),
        fc.constantFrom('sha256:', 'sha512:', ''),
        (wanted, length, end, isUpper, prefix) => {
          const text = wanted.slice(0, length) + end;
          const digest = prefix + (isUpper ? text.toUpperCase() : text);
          for (const sought of [wanted, wanted.slice(0, length).padEnd(64, '0')]) {
            assert.equal(beginsWithDigits(digest, sought), firstDigits(digest) === sought);
          }
        },
      ),
    );
  });

  it('make the name of an attachment as the pattern says', () => {
    const form = /^sha(?:256|512)-([0-9a-f]{64})(?:\.([A-Za-z]+))?$/;
    const prefix = fc.constantFrom('sha256-', 'sha512-', 'sha384-', 'Sha256-', 'xsha256-', 'sha256:');
    const end = fc.constantFrom('', '.sig', '.SBOM', '.', '.s1', '.sig.att', 'a', '.sig\n', '-x', 'ſ.sig');
    const body = fc.oneof(
      digits,
      digits.map((each) => each.slice(1)),
      digits.map((each) => each.toUpperCase()),
      digits.map((each) => `${each.slice(0, 40)}g${each.slice(41)}`),
    );
    fc.assert(
      fc.property(prefix, body, end, (...parts) => {
        const name = parts.join('');
        const found = form.exec(name);
        assert.deepEqual(
          parseAttachmentName(name),
          found ? { digits: found[1]!, suffix: (found[2] ?? '').toLowerCase() } : undefined,
        );
      }),
    );
  });
});
