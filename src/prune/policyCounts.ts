import type { TagListing } from '../hub/listing/tagListing.ts';
import { inSlices } from '../async/inSlices.ts';
import type { Policy } from '../retention/policy/policy.ts';
import { exceedsShare, judge, type PolicyRules } from '../retention/plan/policyPlan.ts';
import { prepareTags } from '../retention/plan/preparedTags.ts';
import type { LocatedPolicy, PolicySource } from '../policies/policySources.ts';

/** What counts are made of. */
export interface PolicyCountParts {
  /** The lists that are in memory at the moment; nothing is asked of Docker Hub for them. */
  readonly listings: () => Promise<readonly TagListing[]>;
  /** What a repository is judged by. @throws SettingError */
  readonly rulesOf: (policy: Policy, listing: TagListing) => PolicyRules;
}

/** What a policy comes to, as far as lists are in memory. */
export interface PolicyCount {
  /** Tags that would go, over all repositories. */
  readonly going: number;
  readonly tags: number;
  /** Repositories that the policy holds for and whose lists are in memory. */
  readonly repositories: number;
}

/** Counts what policies would delete of the repositories whose lists are in memory. What was counted of a list is kept for as long as the list. */
export class PolicyCounts {
  readonly #parts: PolicyCountParts;
  #counted = new WeakMap<TagListing, Map<string, number>>();

  constructor(parts: PolicyCountParts) {
    this.#parts = parts;
  }

  /** Forgets what was counted, since something else than lists and policies has changed that tags are judged by. */
  forget(): void {
    this.#counted = new WeakMap();
  }

  /** The lists in memory of the repositories that a policy holds for. */
  async listingsOf(source: PolicySource, policy: LocatedPolicy): Promise<readonly TagListing[]> {
    const found = new Map<string, TagListing>();
    // Two accounts may see the same repository.
    for (const listing of await this.#parts.listings()) {
      const { namespace, name } = listing.repository;
      if (source.policyOf(listing.repository)?.id === policy.id) found.set(`${namespace}/${name}`, listing);
    }
    return [...found.values()];
  }

  /** What a policy comes to; `undefined` where no list of its repositories is in memory. @throws the signal's reason; SettingError */
  async of(source: PolicySource, policy: LocatedPolicy, signal?: AbortSignal): Promise<PolicyCount | undefined> {
    const listings = await this.listingsOf(source, policy);
    if (listings.length === 0) return undefined;
    let [going, tags] = [0, 0];
    for (const listing of listings) {
      going += await this.#going(policy, listing, signal);
      tags += listing.tags.length;
    }
    const cap = policy.policy.maxDeletions;
    return { going: cap > 0 ? Math.min(going, cap) : going, tags, repositories: listings.length };
  }

  /** How many tags of one repository would go: none where the plan would be refused for their share. */
  async #going({ id, policy }: LocatedPolicy, listing: TagListing, signal: AbortSignal | undefined): Promise<number> {
    const counted = this.#counted;
    const known = counted.get(listing)?.get(id);
    if (known !== undefined) return known;
    const prepared = await inSlices(prepareTags(listing.repository, listing.tags), signal);
    const { plan } = await inSlices(judge(prepared, this.#parts.rulesOf(policy, listing)), signal);
    const going = exceedsShare(plan, policy) ? 0 : plan.going.length;
    const ofListing = counted.get(listing) ?? new Map<string, number>();
    counted.set(listing, ofListing.set(id, going));
    return going;
  }
}
