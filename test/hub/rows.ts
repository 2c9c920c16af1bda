/** One platform's image inside a tag row (API-NOTES section 4). `unknown/unknown` is an attestation manifest. */
export interface ImageRow {
  architecture: string;
  features: string | null;
  variant: string | null;
  digest?: string | null;
  os: string | null;
  os_features: string | null;
  os_version: string | null;
  size: number;
  status: string;
  last_pulled?: string | null;
  last_pushed?: string | null;
}

/**
 * A tag as Docker Hub sends it (API-NOTES section 4). `digest` is a missing key, never null, on tags pushed before mid-2022;
 * dates are RFC 3339 UTC with 0 to 9 decimals, or null.
 */
export interface TagRow {
  creator: number;
  id: number;
  images: ImageRow[] | null;
  last_updated: string | null;
  last_updater: number;
  last_updater_username: string;
  name: string;
  repository: number;
  full_size: number;
  v2: boolean;
  tag_status: string;
  tag_last_pulled?: string | null;
  tag_last_pushed?: string | null;
  media_type?: string;
  content_type?: string;
  digest?: string;
}

/** A repository as the namespace's list shows it (API-NOTES section 3); the detail answer adds to it. */
export interface RepositoryRow {
  name: string;
  namespace: string;
  repository_type: string | null;
  status: number;
  status_description: string;
  description: string | null;
  is_private: boolean;
  star_count: number;
  pull_count: number;
  last_updated: string | null;
  last_modified: string | null;
  date_registered: string;
  affiliation: string;
  media_types: string[];
  content_types: string[];
  categories: { name: string; slug: string }[];
  storage_size: number | null;
}

/** Which tag names cannot be overwritten or deleted: all when `rules` is empty, else those that match one (API-NOTES section 5). */
export interface ImmutableTagsSettings {
  enabled: boolean;
  rules: string[];
}
