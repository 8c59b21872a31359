import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStack, type Result, type Stack } from '../deployer';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { placeOf } from './hosts';
import { inMachine } from './life';

/** An example of examples/, with a state of its own. */
export const openExample = (
  name: string,
  hosts: LabHost[],
  {
    behindNat,
    listed = false,
    secrets = {},
  }: {
    behindNat?: string;
    /** Whether its hosts are a list, without names. */
    listed?: boolean;
    secrets?: Record<string, string>;
  } = {},
) => {
  const backendDir = mkdtempSync(join(tmpdir(), `pulumi-nspawn-${name}-`));
  const places = hosts.map((host) => {
    const { connection, underlay } = placeOf(host);
    return host.name === behindNat ? { connection } : { connection, underlay };
  });
  const named = Object.fromEntries(places.map((place, index) => [hosts[index]?.name, place]));
  return {
    /** The stack with this in its config, beside how to reach the hosts. The fleet's own config is of its stack "dev". */
    with: (config: Record<string, string> = {}): Promise<Stack> =>
      openStack({
        dir: join(__dirname, '../../examples', name),
        stack: 'dev',
        backendDir,
        passphrase: 'test',
        config: {
          [`${name}:hosts`]: JSON.stringify(listed ? places : named),
          [`${name}:connection`]: JSON.stringify(places[0]?.connection),
          [`${name}:privateKey`]: { secret: hosts[0]?.privateKey ?? '' },
          ...Object.fromEntries(
            Object.entries(secrets).map(([key, secret]) => [`${name}:${key}`, { secret }]),
          ),
          ...Object.fromEntries(Object.entries(config).map(([key, value]) => [`${name}:${key}`, value])),
        },
      }),
    close: () => rmSync(backendDir, { recursive: true, force: true }),
  };
};

/** A router as an example's output tells of it. */
export interface ExampleRouter {
  name: string;
  host: string;
  loopback: string;
}

export const routersOf = ({ outputs }: Result): ExampleRouter[] => outputs.routers as ExampleRouter[];

/** Waits until each router reaches each other one's loopback from its own, asked inside the machines. */
export const allReached = async (
  hosts: LabHost[],
  routers: ExampleRouter[],
  seconds: number,
): Promise<void> => {
  const targets = routers.map(({ loopback }) => loopback).join(' ');
  await Promise.all(
    routers.map(({ name, host, loopback }) =>
      waitUntil(`${name} reaches ${targets}`, seconds, async () => {
        const on = hosts.find((each) => each.name === host) as LabHost;
        const ping = `for to in ${targets}; do ping -q -c 1 -W 1 -I ${loopback} $to >/dev/null || exit 1; done`;
        const { exitCode } = await inMachine(on, name, `sh -c '${ping}'`);
        return exitCode === 0;
      }),
    ),
  );
};
