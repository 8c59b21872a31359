import { z } from 'zod';
import { nameSchema } from './words';

// What zebra does with routes and next hops. Commands: docs.frrouting.org, page "zebra".

const filtered = z.strictObject({
  /** The route map, which denies what the kernel is not to have: `route-map NAME` (zebra). */
  routeMap: nameSchema,
});

const protocols = {
  /** Routes of every protocol that has no route map of its own: `ip protocol any` (zebra). */
  any: filtered.optional(),
  /** BGP's routes: `ip protocol bgp` (zebra). */
  bgp: filtered.optional(),
  /** Subnets of interfaces: `ip protocol connected` (zebra). */
  connected: filtered.optional(),
  /** Routes that others made in the kernel: `ip protocol kernel` (zebra). */
  kernel: filtered.optional(),
  /** Static routes: `ip protocol static` (zebra). */
  static: filtered.optional(),
};

/** Route maps that IPv4 routes go through on their way to the kernel: `ip protocol PROTOCOL route-map NAME` (zebra). */
export const ipProtocolSchema = z.strictObject({
  ...protocols,
  /** OSPFv2's routes: `ip protocol ospf` (zebra). */
  ospf: filtered.optional(),
});

/** The same for IPv6 routes: `ipv6 protocol PROTOCOL route-map NAME` (zebra). */
export const ipv6ProtocolSchema = z.strictObject({
  ...protocols,
  /** OSPFv3's routes: `ipv6 protocol ospf6` (zebra). */
  ospf6: filtered.optional(),
});
