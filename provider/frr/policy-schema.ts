import { z } from 'zod';
import { prefixSchema } from './address';
import { communitySchema, extendedCommunitySchema, largeCommunitySchema } from './community';
import { asPathRegexSchema, nameSchema, regexSchema, whole } from './words';

// Lists that route maps and neighbours refer to. Commands: docs.frrouting.org, pages "filter" and "bgp".

const entry = {
  /** Its place in the list, 1 to 4294967294: `seq` (filter). @default 5 after the entry before it, 5 for the first */
  sequence: whole(1, 4294967294).optional(),
  /** What is done with what matches: `permit`, `deny` (filter). */
  action: z.enum(['permit', 'deny']),
};

/** An entry of a prefix list: `ip prefix-list NAME seq N permit PREFIX ge N le N` (filter). */
export const prefixListEntrySchema = z.strictObject({
  ...entry,
  /** The prefix, IPv4 or IPv6: `"10.0.0.0/8"`. Host bits are refused. All of IPv4 is `"0.0.0.0/0"` with `le: 32`. */
  prefix: prefixSchema,
  /** The shortest prefix length that matches: `ge` (filter). More than the prefix's own. */
  ge: whole(1, 128).optional(),
  /** The longest prefix length that matches: `le` (filter). At least `ge`, and more than the prefix's own. */
  le: whole(1, 128).optional(),
});

/** An entry of a community list: `bgp community-list standard|expanded NAME seq N permit …` (bgp). */
export const communityListEntrySchema = z.strictObject({
  ...entry,
  /** A route with all of these matches: `bgp community-list standard` (bgp). Not with `regex` in the same list. */
  communities: z.array(communitySchema).min(1).max(64).optional(),
  /** A route whose communities match this matches: `bgp community-list expanded` (bgp). */
  regex: regexSchema.optional(),
});

/** An entry of a large community list: `bgp large-community-list standard|expanded NAME seq N permit …` (bgp). */
export const largeCommunityListEntrySchema = z.strictObject({
  ...entry,
  /** A route with all of these matches: `bgp large-community-list standard` (bgp). Not with `regex` in the same list. */
  communities: z.array(largeCommunitySchema).min(1).max(64).optional(),
  /** A route whose large communities match this matches: `bgp large-community-list expanded` (bgp). */
  regex: regexSchema.optional(),
});

/** An entry of an extended community list: `bgp extcommunity-list standard|expanded NAME seq N permit …` (bgp). */
export const extendedCommunityListEntrySchema = z.strictObject({
  ...entry,
  /** A route with all of these matches: `"rt 65000:1"`, `"soo 65000:1"`: `bgp extcommunity-list standard` (bgp). */
  communities: z.array(extendedCommunitySchema).min(1).max(64).optional(),
  /** A route whose extended communities match this matches: `bgp extcommunity-list expanded` (bgp). */
  regex: regexSchema.optional(),
});

/** An entry of an AS path list: `bgp as-path access-list NAME seq N permit REGEX` (bgp). */
export const asPathListEntrySchema = z.strictObject({
  ...entry,
  /** A regular expression over the AS path, `_` for a boundary: `"^65001_"` (bgp, "AS Path Regular Expressions"). */
  regex: asPathRegexSchema,
});

/** The lists, each under its name. */
export const policyLists = {
  /**
   * Prefix lists: `ip prefix-list`, `ipv6 prefix-list` (filter). An entry is in the IPv4 or the IPv6 list of the name by
   * its prefix. What no entry permits is denied.
   */
  prefixLists: z.record(nameSchema, z.array(prefixListEntrySchema).min(1)).optional(),
  /** Community lists: `bgp community-list` (bgp). */
  communityLists: z.record(nameSchema, z.array(communityListEntrySchema).min(1)).optional(),
  /** Large community lists: `bgp large-community-list` (bgp). */
  largeCommunityLists: z.record(nameSchema, z.array(largeCommunityListEntrySchema).min(1)).optional(),
  /** Extended community lists: `bgp extcommunity-list` (bgp). */
  extendedCommunityLists: z.record(nameSchema, z.array(extendedCommunityListEntrySchema).min(1)).optional(),
  /** AS path lists: `bgp as-path access-list` (bgp). */
  asPathLists: z.record(nameSchema, z.array(asPathListEntrySchema).min(1)).optional(),
};
