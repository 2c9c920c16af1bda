/** Scope of a personal access token; a higher one includes the lower ones (API-NOTES section 1). */
export type TokenScope = 'repo:admin' | 'repo:write' | 'repo:read' | 'repo:public_read';

/** Scope of an organisation access token (API-NOTES section 1). */
export type OrganisationScope =
  | 'scope-tag-read'
  | 'scope-tag-admin'
  | 'scope-image-pull'
  | 'scope-image-push'
  | 'scope-image-delete'
  | 'scope-repository-read'
  | 'scope-repository-edit'
  | 'scope-repository-admin'
  | 'scope-repository-list'
  | 'scope-repository-settings-admin';

/** What a user may do in an organisation. Only `admin` deletes. */
export type Role = 'admin' | 'write' | 'read';

/** A user. With `otp`, the password route asks for that code as second factor; tokens never do. */
export interface Account {
  name: string;
  password?: string;
  /** The one code that is accepted; it does not change with time. */
  otp?: string;
  tokens: { secret: string; scope: TokenScope }[];
}

/** An organisation: its members' roles by user name, and its organisation access tokens. */
export interface Organisation {
  name: string;
  members: Record<string, Role>;
  oats: { secret: string; scopes: OrganisationScope[] }[];
}
