import { createHash, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import forge from 'node-forge';
import type { RegistryTokenInit } from '../hub/registryPort.ts';

/** Makes the tokens that one registry takes, with a key of its own. */
export interface TokenSigner {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** PEM of a self-signed certificate of the key, for `rootcertbundle`. */
  readonly certificate: string;
  /** A JWT as the distribution token specification has it, signed RS256. */
  sign(init: RegistryTokenInit): string;
}

/** A signer with a new key of 2,048 bits. */
export function createTokenSigner(issuer: string): TokenSigner {
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const header = { typ: 'JWT', alg: 'RS256', kid: libtrustKeyId(keys.publicKey) };
  return {
    issuer,
    certificate: selfSigned(keys, issuer),
    sign({ subject, audience, access, lifeSeconds }) {
      const issuedAt = Math.floor(Date.now() / 1000);
      const times = { iat: issuedAt, nbf: issuedAt, exp: issuedAt + lifeSeconds };
      const claims = { iss: issuer, sub: subject, aud: audience, ...times, jti: randomUUID(), access };
      const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
      // Not `jose`, which signs asynchronously: the Hub's routes answer at once.
      return `${signed}.${sign('sha256', Buffer.from(signed), keys.privateKey).toString('base64url')}`;
    },
  };
}

/** Base32 of the first 30 bytes of the SHA-256 of the DER SubjectPublicKeyInfo, in groups of 4: how the registry finds the certificate. */
function libtrustKeyId(publicKey: string): string {
  const der = createPublicKey(publicKey).export({ type: 'spki', format: 'der' });
  const bits = [...createHash('sha256').update(der).digest().subarray(0, 30)]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  const letters = (bits.match(/.{5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(five, 2)])
    .join('');
  return (letters.match(/.{4}/g) ?? []).join(':');
}

function selfSigned(keys: { publicKey: string; privateKey: string }, commonName: string): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(keys.publicKey);
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 60 * 60_000);
  certificate.validity.notAfter = new Date(Date.now() + 24 * 60 * 60_000);
  const name = [{ shortName: 'CN', value: commonName }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.sign(forge.pki.privateKeyFromPem(keys.privateKey), forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}
