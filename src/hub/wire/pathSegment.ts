import { HubError } from './hubError.ts';

/**
 * A namespace, repository or tag name as one segment of a URL path.
 * Names come from the server, and `..` would survive `encodeURIComponent` and turn the delete of a tag into that of its
 * repository; so anything outside the grammar of such names (OCI distribution spec) is refused before it is sent.
 * @throws HubError `unsafeName`
 */
export function pathSegment(name: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/.test(name)) {
    throw new HubError({ kind: 'unsafeName', subject: JSON.stringify(name.slice(0, 80)) });
  }
  return encodeURIComponent(name);
}
