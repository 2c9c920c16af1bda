import assert from 'node:assert/strict';

import sinon from 'sinon';
import * as vscode from 'vscode';

import type { AccountNode } from '../../src/editor/tree/node.ts';
import { startHub } from '../hub/hub.ts';
import { ada, smallWorld, useStage } from './stage.ts';
import { until } from './until.ts';

const oat = 'dckr_oat_acme-0000000000000000000';
const casey = { name: 'casey', password: 'casey-password-20', code: '123456' };

describe('signing in', () => {
  const stage = useStage((world) => {
    smallWorld(world);
    world.addAccount({ name: casey.name, password: casey.password, otp: casey.code });
    world.organisations.get('acme')!.oats.push({
      secret: oat,
      scopes: ['scope-repository-list', 'scope-repository-read', 'scope-tag-read', 'scope-tag-admin'],
    });
  });

  const logins = (): string[] => stage.hub.requests.filter(({ method }) => method === 'POST').map(({ path }) => path);
  const stored = async (): Promise<string> => {
    const { secrets } = stage.product.context;
    return (await Promise.all((await secrets.keys()).map((key) => secrets.get(key)))).join('\n');
  };

  it('takes a personal access token with one request, and says what it must be allowed to do', async () => {
    await stage.run('signIn', [], { enter: ada.name }, { enter: ` ${ada.deleteToken}\n` });
    assert.deepEqual(logins(), ['/v2/auth/token']);
    assert.equal(stage.dialogs.said, 'Signed in as ada.');
    const [name, secret] = stage.dialogs.find('input');
    assert.deepEqual([name!.masked, secret!.masked], [false, true]);
    assert.match(name!.title, /^Sign In to 127\.0\.0\.1:\d+$/);
    assert.match(secret!.prompt, /Read, Write, Delete.*Read-only.*scope-tag-admin/);
    assert.deepEqual(secret!.buttons, ['Back', 'Create a personal access token', 'About organization access tokens']);
    assert.match(await stored(), /dckr_pat_ada-delete-0+"/);
    assert.deepEqual(await stage.labels(), ['ada']);
  });

  it('takes a password with one request', async () => {
    await stage.run('signIn', [], { enter: 'Ada' }, { enter: ada.password });
    assert.deepEqual(logins(), ['/v2/users/login']);
    assert.equal(stage.dialogs.said, 'Signed in as ada.');
  });

  it("takes an organization's access token and shows that organization alone", async () => {
    await stage.signIn('acme', oat);
    assert.deepEqual(await stage.labels(await stage.node('acme')), ['acme']);
    assert.deepEqual(await stage.labels(await stage.node('acme', 'acme')), ['site']);
    assert.equal((await stage.item(await stage.node('acme'))).description, 'organization access token');
  });

  it('asks for the one-time code, tells a wrong one and takes the right one', async () => {
    await stage.run(
      'signIn',
      [],
      { enter: casey.name },
      { enter: casey.password },
      { enter: '12' },
      { enter: '999999' },
      { enter: '123 456' },
    );
    assert.deepEqual(logins(), ['/v2/users/login', '/v2/users/2fa-login', '/v2/users/2fa-login']);
    const codes = stage.dialogs.find(/^One-Time Code for casey/);
    assert.deepEqual(
      codes.map(({ prompt }) => prompt),
      [
        "Enter the code from your authenticator app. With an access token, you don't need a code.",
        "This code wasn't accepted. Enter the current one.",
      ],
    );
    assert.deepEqual(codes[0]!.told, ['A code has at least six digits.']);
    assert.equal(stage.dialogs.said, 'Signed in as casey.');
    assert.ok(
      stage.dialogs.find('info').some(({ title }) => /can't be renewed automatically/.test(title)),
      'an access token is recommended',
    );
    assert.deepEqual(await stage.labels(), ['casey']);
    await stage.labels(await stage.node('casey', 'casey'));
    assert.equal(logins().length, 3, 'the token is used, not asked for again');
  });

  it('ends in silence when no code is given', async () => {
    await stage.run('signIn', [], { enter: casey.name }, { enter: casey.password }, 'leave');
    assert.deepEqual(logins(), ['/v2/users/login']);
    assert.equal(await stored(), '');
    assert.deepEqual(await stage.labels(), []);
  });

  it('tells a wrong secret in place, one request for each attempt', async () => {
    const wrong = ['dckr_pat_wrong-1', 'wrong-password-2', 'dckr_oat_wrong-3'];
    await stage.run('signIn', [], { enter: ada.name }, ...wrong.map((enter) => ({ enter })), {
      enter: ada.deleteToken,
    });
    assert.deepEqual(logins(), ['/v2/auth/token', '/v2/users/login', '/v2/auth/token', '/v2/auth/token']);
    const { told } = stage.dialogs.only(/ as ada$/);
    assert.equal(told.length, 3);
    for (const text of told) {
      assert.match(
        text,
        /doesn't accept this password or access token\. Docker Hub says: "Incorrect authentication credentials"/,
      );
    }
    assert.equal(stage.dialogs.said, 'Signed in as ada.');
  });

  it('D11: says that the account must use an access token, and not that its password is wrong', async () => {
    const details = 'your account must log in with a Personal Access Token (PAT)';
    stage.hub.script({ match: { path: '/v2/users/login' }, act: { status: 401, body: { details } } });
    await stage.run('signIn', [], { enter: ada.name }, { enter: 'ada-password' }, { enter: ada.deleteToken });
    const [told] = stage.dialogs.only(/ as ada$/).told;
    assert.equal(
      told,
      `This account must sign in with an access token instead of its password. Docker Hub says: "${details}"`,
    );
    assert.equal(stage.dialogs.said, 'Signed in as ada.');
  });

  it('tells an empty secret without a request', async () => {
    await stage.run('signIn', [], { enter: ada.name }, { enter: '  ' }, 'leave');
    assert.deepEqual(stage.dialogs.only(/ as ada$/).told, ['Enter an access token or a password.']);
    assert.equal(stage.hub.requests.length, 0);
  });

  it('refuses an e-mail address and other names in place', async () => {
    await stage.run('signIn', [], { enter: 'ada@example.org' }, { enter: 'a/da' }, 'leave');
    assert.deepEqual(stage.dialogs.only('input').told, [
      'Enter your Docker ID, not your email address.',
      'A name contains only letters, digits, "-", and "_".',
    ]);
    assert.equal(stage.hub.requests.length, 0);
  });

  it('keeps nothing when the box is left while the secret is being tried', async () => {
    stage.hub.script({ match: { path: '/v2/auth/token' }, act: { delayMs: 200 } });
    await stage.run('signIn', [], { enter: ada.name }, { enter: ada.deleteToken, thenLeave: true });
    await until('the answer', () => stage.product.log.some((line) => line.startsWith('POST /v2/auth/token 200')));
    // A whole sign-in later, that of before would have been kept as well.
    await stage.signIn('acme', oat);
    assert.deepEqual(await stage.labels(), ['acme']);
  });

  it('goes back to the name', async () => {
    await stage.run('signIn', [], { enter: 'adda' }, 'back', { enter: ada.name }, { enter: ada.deleteToken });
    assert.equal(stage.dialogs.said, 'Signed in as ada.');
    assert.deepEqual(logins(), ['/v2/auth/token']);
  });

  it('tells a lock-out, also to the right secret', async () => {
    stage.world.addAccount({ name: 'locked', password: 'locked-password-5' });
    stage.hub.options.loginLockAfter = 2;
    await stage.run(
      'signIn',
      [],
      { enter: 'locked' },
      { enter: 'wrong-a' },
      { enter: 'wrong-b' },
      { enter: 'locked-password-5' },
      'leave',
    );
    assert.equal(logins().length, 3);
    assert.match(stage.dialogs.only(/ as locked$/).told[2]!, /has temporarily locked this account .* Wait 15 minutes/);
    assert.equal(await stored(), '');
  });

  it("tells Cloudflare's block and a server in trouble for what they are", async () => {
    stage.hub.script({ act: { cloudflare: 'challenge' } });
    stage.hub.script({ act: { cloudflare: '1010' } });
    stage.hub.script({ act: { status: 500, body: { message: 'oops' } } });
    stage.hub.script({ act: { htmlUnder200: true } });
    await stage.run(
      'signIn',
      [],
      { enter: ada.name },
      ...[1, 2, 3, 4].map(() => ({ enter: ada.deleteToken })),
      'leave',
    );
    const { told } = stage.dialogs.only(/ as ada$/);
    assert.match(told[0]!, /Cloudflare.* credentials aren't the cause/);
    assert.match(told[1]!, /Cloudflare.* credentials aren't the cause/);
    assert.match(told[2]!, /reported an error \(500\).*"oops"/);
    assert.match(told[3]!, /sent an unexpected answer/);
    assert.equal(logins().length, 4);
  });

  it('opens the page where a token is made, and stays', async () => {
    const opened = sinon.stub(vscode.env, 'openExternal').resolves(true);
    try {
      await stage.run(
        'signIn',
        [],
        { enter: ada.name },
        { button: 'Create a personal access token' },
        { enter: ada.deleteToken },
      );
      assert.equal(String(opened.firstCall.args[0]), 'https://app.docker.com/settings/personal-access-tokens');
    } finally {
      opened.restore();
    }
  });

  it('keeps several accounts side by side', async () => {
    await stage.signIn();
    await stage.signIn('acme', oat);
    assert.deepEqual(await stage.labels(), ['acme', 'ada']);
    await stage.labels(await stage.node('ada', 'ada'));
    await stage.labels(await stage.node('acme', 'acme'));
    const asked = stage.hub.requests.filter(({ method, path }) => method === 'GET' && path.includes('/repositories'));
    assert.deepEqual(
      asked.map(({ account, tokenKind }) => `${account} ${tokenKind}`),
      ['ada user', 'acme org'],
    );
  });

  it('leaves what was read of one account alone while another one comes and goes', async () => {
    await stage.signIn();
    await stage.labels(await stage.repository('web'));
    await stage.signIn('acme', oat);
    await stage.run('signOut', [await stage.node('acme')]);
    await until('one account', async () => (await stage.labels()).length === 1);
    stage.hub.requests.length = 0;
    await stage.labels(await stage.repository('web'));
    assert.deepEqual(
      stage.hub.requests.map(({ path }) => path),
      [],
    );
  });

  it('uses the new token at once when the same account signs in again', async () => {
    await stage.signIn(ada.name, ada.readToken);
    await stage.labels(await stage.node('ada', 'ada'));
    await stage.signIn(ada.name, ada.deleteToken);
    assert.equal(stage.dialogs.said, 'Signed in as ada. This replaces the earlier sign-in.');
    assert.equal((await stage.product.context.secrets.keys()).length, 1);
    stage.world.revoke(ada.readToken);
    assert.deepEqual(await stage.labels(await stage.node('ada', 'ada')), ['api', 'web']);
    assert.equal(
      stage.hub.requests.some(({ status }) => status === 401),
      false,
    );
  });

  it('forgets everything at sign-out', async () => {
    await stage.signIn();
    await stage.run('addNamespace', [], { enter: 'readers' });
    const account = await stage.node('ada');
    await stage.labels(await stage.node('ada', 'ada'));
    await stage.run('signOut', [account]);
    assert.equal(stage.dialogs.said, 'Signed out ada. Its saved credentials were removed.');
    assert.deepEqual(await stage.product.context.secrets.keys(), []);
    assert.deepEqual(
      stage.product.context.globalState
        .keys()
        .filter((key) => stage.product.context.globalState.get(key) !== undefined),
      [],
    );
    assert.deepEqual(await stage.labels(), []);
    stage.hub.requests.length = 0;
    const failed = await stage.children(account);
    assert.equal(
      stage.told(await stage.item(failed.at(-1)!)),
      'This account is signed out. Sign in again. Press Enter: Sign In…',
    );
    assert.equal(stage.hub.requests.length, 0);
  });

  it('asks which account to sign out, and says when there is none', async () => {
    await stage.signIn();
    await stage.signIn('acme', oat);
    await stage.run('signOut', [], { pick: 'acme' });
    assert.deepEqual(await stage.labels(), ['ada']);
    await stage.run('signOut', []);
    assert.deepEqual(await stage.labels(), []);
    await stage.run('signOut', []);
    assert.equal(stage.dialogs.said, "You aren't signed in to Docker Hub.");
  });

  it('is offered by a prune while nobody is signed in, which then goes on', async () => {
    await stage.run('pruneOldTags', [], { press: 'Sign In' }, { enter: ada.name }, { enter: ada.deleteToken }, 'leave');
    assert.ok(stage.dialogs.find(/Select Repositories$/).length === 1);
    assert.deepEqual(await stage.labels(), ['ada']);
  });

  it('belongs to the server that it was made for', async () => {
    const other = await startHub({ world: stage.world });
    try {
      await stage.signIn();
      const account = (await stage.node('ada')) as AccountNode;
      await stage.set('apiUrl', other.origin);
      assert.deepEqual(await stage.labels(), []);
      await stage.run('pruneOldTags', []);
      assert.equal(stage.dialogs.said, "You aren't signed in to Docker Hub.");
      // Whoever still holds the row reaches the old server at most.
      await stage.children(account);
      assert.equal(other.requests.length, 0);
      await stage.set('apiUrl', stage.hub.origin);
      assert.deepEqual(await stage.labels(), ['ada']);
    } finally {
      await other.close();
    }
  });

  it('belongs to the registry that it was made for', async () => {
    await stage.signIn();
    await stage.set('registryUrl', 'https://registry.example.org');
    assert.deepEqual(await stage.labels(), []);
  });

  it('follows the sign-in and sign-out of another window', async () => {
    await stage.signIn();
    const { secrets } = stage.product.context;
    const [key] = await secrets.keys();
    const value = await secrets.get(key!);
    let redrawn = 0;
    const listening = stage.product.provider.onDidChangeTreeData!(() => void redrawn++);
    await secrets.delete(key!);
    await until('an empty tree', async () => (await stage.labels()).length === 0);
    await until('a redrawn tree', () => redrawn > 0);
    redrawn = 0;
    await secrets.store(key!, value!);
    await until('a redrawn tree', () => redrawn > 0);
    assert.deepEqual(await stage.labels(), ['ada']);
    listening.dispose();
  });

  it('uses the token with which another window signs in again', async () => {
    await stage.signIn(ada.name, ada.readToken);
    await stage.labels(await stage.node('ada', 'ada'));
    const { secrets } = stage.product.context;
    const [key] = await secrets.keys();
    const value = await secrets.get(key!);
    await secrets.store(key!, value!.replaceAll(ada.readToken, ada.deleteToken));
    await until('a sign-in with the other token', async () => {
      await stage.labels(await stage.node('ada', 'ada'));
      return logins().length > 0;
    });
    stage.world.revoke(ada.readToken);
    await stage.run('refresh', []);
    assert.deepEqual(await stage.labels(await stage.node('ada', 'ada')), ['api', 'web']);
    assert.deepEqual(logins(), ['/v2/auth/token']);
  });

  it('takes a secret that it cannot read for none', async () => {
    await stage.product.context.secrets.store('account:broken@https://hub.docker.com', '{"account":');
    await stage.signIn();
    assert.deepEqual(await stage.labels(), ['ada']);
  });

  it('sends a secret that is refused later only once', async () => {
    await stage.signIn();
    stage.world.revoke(ada.deleteToken);
    const account = await stage.node('ada');
    const rows = await stage.children(account);
    const failed = await stage.item(rows.at(-1)!);
    assert.match(stage.told(failed), /doesn't accept this password or access token/);
    assert.equal(failed.command?.command, 'dockerHubPruner.signIn');
    await stage.run('refresh', []);
    await stage.children(await stage.node('ada'));
    await stage.children(await stage.node('ada', 'ada'));
    assert.deepEqual(logins(), ['/v2/auth/token']);
  });
});
