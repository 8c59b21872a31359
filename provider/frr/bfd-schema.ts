import { z } from 'zod';
import { ipSchema } from './address';
import { frrInterfaceSchema, nameSchema, whole } from './words';

// Commands: docs.frrouting.org, page "bfd".

const bfdTimers = {
  /** Packets that may be lost before a session is down: `detect-multiplier` (bfd), 2 to 255. @default 3 */
  detectMultiplier: whole(2, 255).optional(),
  /** The shortest interval at which this end takes packets, in milliseconds: `receive-interval` (bfd). @default 300 */
  receiveInterval: whole(10, 60000).optional(),
  /** The interval at which this end sends packets, in milliseconds: `transmit-interval` (bfd). @default 300 */
  transmitInterval: whole(10, 60000).optional(),
  /** Send echo packets: `echo-mode` (bfd). Not over multihop. @default false */
  echoMode: z.boolean().optional(),
  /** The interval at which echo packets are sent, in milliseconds: `echo transmit-interval` (bfd). @default 50 */
  echoTransmitInterval: whole(10, 60000).optional(),
  /** The interval at which echo packets are taken, in milliseconds: `echo receive-interval` (bfd). @default 50 */
  echoReceiveInterval: whole(10, 60000).optional(),
  /** Wait for the peer to begin: `passive-mode` (bfd). @default false */
  passiveMode: z.boolean().optional(),
  /** The lowest TTL of packets over multihop, 1 to 254: `minimum-ttl` (bfd). @default 254 */
  minimumTtl: whole(1, 254).optional(),
};

/** BFD's timers under a name. */
export const bfdProfileSchema = z.strictObject(bfdTimers);

/** A BFD session that no protocol asks for: `peer ADDRESS` (bfd). */
export const bfdPeerSchema = z.strictObject({
  /** The other end's address: `peer ADDRESS` (bfd). */
  peer: ipSchema,
  /** This end's address: `local-address` (bfd). Needed with `multihop`, and with IPv6. */
  localAddress: ipSchema.optional(),
  /** The interface that the session is over: `interface NAME` (bfd). */
  interface: frrInterfaceSchema.optional(),
  /** The peer is more than one hop away: `multihop` (bfd). @default false */
  multihop: z.boolean().optional(),
  /** The profile whose timers it takes: `profile NAME` (bfd). */
  profile: nameSchema.optional(),
  ...bfdTimers,
});

/** `bfd`: profiles and peers (docs.frrouting.org, page "bfd"). */
export const bfdSchema = z.strictObject({
  /** Timers under names, which peers, neighbours and interfaces refer to: `profile NAME` (bfd). */
  profiles: z.record(nameSchema, bfdProfileSchema).optional(),
  /** Sessions that no protocol asks for: `peer ADDRESS` (bfd). */
  peers: z.array(bfdPeerSchema).optional(),
});

/** How a protocol uses BFD on an interface: with its defaults, or a profile of `bfd.profiles`. */
export const bfdUseSchema = z.union(
  [
    z.boolean(),
    z.strictObject({
      /** A profile of `bfd.profiles`: `bfd profile NAME` (bfd). */
      profile: nameSchema.optional(),
    }),
  ],
  { error: 'accepted is true, false, or { profile }' },
);
