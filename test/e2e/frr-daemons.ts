import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderFrr } from '../../provider/frr/render';
import { frrRules } from '../../provider/frr/rules';
import { type FrrConfiguration, frrConfiguration } from '../../provider/frr/schema';
import type { LabHost } from '../lab';

const script = readFileSync(join(__dirname, 'frr-daemons.sh'), 'utf8');

/** FRR's daemons in a network namespace of their own on a host, both of that name. */
export const frrDaemons = (host: LabHost, name: string) => {
  const run = (action: string, input = '', ...daemons: string[]) =>
    host.run(['sh', '-c', script, 'sh', action, name, ...daemons], { reject: false, input });
  return {
    /** What frr-daemons.sh does. */
    run,
    start: async (...daemons: string[]) => {
      const { exitCode, stderr } = await run('start', '', ...daemons);
      assert.equal(exitCode, 0, stderr);
    },
    stop: () => run('stop'),
    /** Has them read what the model has, as at a boot. */
    boot: async (configured: FrrConfiguration) => {
      const configuration = frrConfiguration.parse(configured);
      assert.deepEqual(frrRules(configuration), []);
      const { stdout, stderr } = await run('boot', renderFrr(configuration, { hostname: name }));
      assert.doesNotMatch(`${stdout}${stderr}`, /line \d+|failure|Unknown command/);
    },
    /** What vtysh shows in JSON. */
    shown: async (command: string) => {
      const { stdout } = await host.run(['vtysh', '-N', name, '-c', `${command} json`]);
      return JSON.parse(stdout || '{}');
    },
  };
};

/** A veth pair between two of them, up; the ends have names of their own. */
export const linkBetween = (host: LabHost, ...ends: [name: string, netns: string][]) => {
  const [one, other] = ends.map(([name, netns]) => `${name} netns ${netns}`);
  const up = ends.map(([name, netns]) => `ip -n ${netns} link set ${name} up`);
  return host.sh([`ip link add ${one} type veth peer name ${other}`, ...up].join(' && '));
};
