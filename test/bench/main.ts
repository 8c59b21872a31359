/**
 * Measures what a router costs against the article's recipe, on the same hosts in the same run: the rootfs alone (time,
 * bytes, round trips), and the time from nothing to BGP Established. Prints medians, the spread, and ratios.
 */
import { sessionFor } from '../../provider/host/pool';
import { table } from '../demo/table';
import { connectionTo } from '../e2e/hosts';
import { established, openLife } from '../e2e/life';
import { type LabHost, startLab, whyNoLab } from '../lab';
import { benchFleet } from './fleet';
import { benchSession } from './session';

const { HostRootfs } = require('../../provider/dynamic');

const rounds = Number(process.env.ROUNDS ?? 5);
// The recipe takes a minute each time.
const articleRounds = Number(process.env.ARTICLE_ROUNDS ?? 1);
const name = 'bench';
const tree = `/var/lib/machines/${name}`;

/** The recipe of the article, by hand on the host: debootstrap, then its clean-up. */
const recipe = `
set -e
debootstrap --include=dbus,libpam-systemd,libnss-systemd,frr "$(. /etc/os-release; echo "$VERSION_CODENAME")" ${tree} >/dev/null
rm -rf ${tree}/var/cache
rm -f ${tree}/etc/hostname ${tree}/etc/os-release
cp ${tree}/usr/lib/os-release ${tree}/etc/os-release
rm -rf ${tree}/usr
mkdir -p ${tree}/usr/bin ${tree}/usr/sbin ${tree}/usr/lib ${tree}/usr/lib64 ${tree}/usr/libexec ${tree}/usr/local`;

const help = `Usage: npm run bench [-- fleet [ROUTERS…] | session]

Without words: a router against the article's recipe, on two hosts. ROUNDS (5) and ARTICLE_ROUNDS (1) say how often.
fleet: fabrics of so many routers (10 50 100) on four hosts.
session: the connection to a host against other ways to use ssh.
`;

const main = async ([what, ...sizes]: string[]) => {
  if (what !== undefined && what !== 'fleet' && what !== 'session') return say(help);
  const missing = await whyNoLab();
  if (missing.length > 0)
    throw new Error(`No test hosts can run on this machine:\n  ${missing.join('\n  ')}`);
  if (what === 'fleet') return benchFleet(sizes.length > 0 ? sizes.map(Number) : [10, 50, 100], say);
  if (what === 'session') return benchSession(say);
  const lab = await startLab({
    id: 'bench',
    hosts: [
      { name: 'h1', release: 'bookworm' },
      { name: 'h2', release: 'trixie' },
    ],
    log: say,
  });
  try {
    for (const host of lab.hosts) await benchRootfs(host);
    for (const host of lab.hosts) await benchRouter(host);
  } finally {
    await lab.destroy();
  }
};

const benchRootfs = async (host: LabHost) => {
  const session = sessionFor(connectionTo(host));
  await build(host); // warm-up
  await HostRootfs.delete(name, inputs(host));
  const ours: Sample[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = session.roundTrips();
    const sample = await measure(host, () => build(host));
    ours.push({ ...sample, roundTrips: session.roundTrips() - before });
    await HostRootfs.delete(name, inputs(host));
  }
  const article: Sample[] = [];
  for (let round = 0; round < articleRounds; round += 1) {
    article.push(await measure(host, () => host.sh(recipe, { timeoutSeconds: 900 })));
    await host.run(['rm', '-rf', '--one-file-system', tree]);
  }
  const ratio = (of: (sample: Sample) => number) =>
    (median(article.map(of)) / median(ours.map(of))).toFixed(0);
  say(
    `\nThe rootfs of a router on ${host.release}, median (least to most) of ${rounds} rounds, the recipe of ${articleRounds}:\n`,
  );
  say(
    table(
      ['', 'seconds', 'on disk', 'round trips'],
      [
        [
          'method "host"',
          spread(ours, ({ seconds }) => seconds),
          megabytes(ours),
          String(ours[0]?.roundTrips),
        ],
        ["the article's recipe", spread(article, ({ seconds }) => seconds), megabytes(article), 'by hand'],
        ['ratio', `${ratio(({ seconds }) => seconds)} ×`, `${ratio(({ bytes }) => bytes)} ×`, ''],
      ],
    ),
  );
};

const benchRouter = async (host: LabHost) => {
  const times: Record<string, number> = {};
  for (const method of ['host', 'debootstrap'] as const) {
    const life = await openLife([host]);
    const stack = await life.with({ method });
    const started = performance.now();
    const { ok, log } = await stack.up();
    if (!ok) throw new Error(log);
    await established(host, 'life-a', '10.1.0.1', 60);
    times[method] = (performance.now() - started) / 1000;
    await stack.destroy();
    life.close();
  }
  const { host: ours = 0, debootstrap = 0 } = times;
  say(
    `From nothing to BGP Established between two new routers on ${host.release}, program and engine included:\n`,
  );
  say(
    table(
      ['', 'seconds'],
      [
        ['method "host"', ours.toFixed(1)],
        ['method "debootstrap"', debootstrap.toFixed(1)],
        ['ratio', `${(debootstrap / ours).toFixed(1)} ×`],
      ],
    ),
  );
};

interface Sample {
  seconds: number;
  bytes: number;
  roundTrips?: number;
}

const measure = async (host: LabHost, act: () => Promise<unknown>): Promise<Sample> => {
  const started = performance.now();
  await act();
  const seconds = (performance.now() - started) / 1000;
  const { stdout } = await host.sh(`du -sx -B1 ${tree} | cut -f1`);
  return { seconds, bytes: Number(stdout) };
};

const build = async (host: LabHost) => {
  const { inputs: checked, failures } = await HostRootfs.check({}, inputs(host));
  if (failures.length > 0) throw new Error(JSON.stringify(failures));
  return HostRootfs.create(checked);
};

const inputs = (host: LabHost) => ({
  connection: connectionTo(host),
  owner: 'bench/bench/bench',
  machineName: name,
  path: tree,
});

const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const spread = (samples: Sample[], of: (sample: Sample) => number) => {
  const values = samples.map(of);
  return `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
};
const megabytes = (samples: Sample[]) => `${(median(samples.map(({ bytes }) => bytes)) / 1e6).toFixed(2)} MB`;
const say = (line: string) => void process.stdout.write(`${line}\n`);

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
