import { z } from 'zod';
import { prefixSchema } from '../frr/address';
import { sessionNameSchema } from '../frr/session-name';
import { connectionSchema } from '../host/connection';
import { machineNameSchema } from '../names';
import { commonInputs } from '../resource';

const sessions = z.strictObject({
  /** Neighbours whose sessions must be up, by address, router id or interface. @default all that FRR has, and one at least */
  neighbors: z.array(sessionNameSchema).optional(),
  /** How many sessions must be up, in place of naming them. */
  count: z.number().int().min(1).max(10000).optional(),
});

const router = z.strictObject({
  /** The router's host. @default the `connection` of the check */
  connection: connectionSchema.optional(),
  /** Its machine. */
  machineName: machineNameSchema,
  /** BGP sessions that must be Established. */
  bgp: sessions
    .extend({
      /** Prefixes that a neighbour must have announced, by neighbour: `{ '10.0.0.1': ['192.0.2.0/24'] }`. */
      received: z.record(sessionNameSchema, z.array(prefixSchema)).optional(),
      /** How many prefixes a neighbour must have announced at least, IPv4 and IPv6 together: `{ '10.0.0.1': 100 }`. */
      receivedAtLeast: z.record(sessionNameSchema, z.number().int().min(1)).optional(),
    })
    .optional(),
  /** OSPFv2 neighbours that must be Full (2-Way between routers of a broadcast network that are neither DR nor BDR). */
  ospf: sessions.optional(),
  /** OSPFv3 neighbours, likewise. */
  ospf6: sessions.optional(),
  /** BFD peers that must be up. */
  bfd: sessions.optional(),
  /** Prefixes that its routing table must have. */
  prefixes: z.array(prefixSchema).optional(),
});

/** The sessions and routes that must be there, on routers of one host or many. */
export const routingCheckSchema = z.strictObject({
  ...commonInputs,
  /** The routers, and what must be so on each. */
  routers: z.array(router).min(1),
  /** How long all of it may take to come up, in seconds. @default 60 */
  timeoutSeconds: z.number().int().min(1).max(3600).default(60),
  /** Texts whose change has the check made again: digests of configurations and links. */
  triggers: z.array(z.string()).optional(),
});

/** Checked inputs of a routing check. */
export type RoutingCheckInputs = z.output<typeof routingCheckSchema>;

/** A router of a check. */
export type CheckedRouter = RoutingCheckInputs['routers'][number];
