/**
 * What each option of systemd.nspawn(5) does, as a table: option, value, what to ask on the host while the machine runs, and
 * the answer, or both where systemd 252 and 257 differ. Rows that go together share a start.
 *
 * Questions are for sh. `$leader` is the machine's PID 1 and `$program` what it runs, as PIDs of the host; `$root` is the
 * machine's `/`, `$tree` its rootfs on the host, `$id` its machine ID and `$shift` the host's UID of its root. `ask.sh` has
 * the functions.
 */
export type Row = readonly [option: string, value: unknown, ask: string, answer: Answer | readonly Answer[]];
type Answer = string | RegExp;

/** One start of a machine, and what is seen of it. */
export interface Start {
  title: string;
  /** On the host, before it: the tree is a new one each time, with the host's owners. */
  before?: string;
  /** What the machine's program does before it is ready; what it prints is in `$root/tmp/said`. */
  program?: string;
  rows: readonly Row[];
  /** Asked when it has stopped. */
  stopped?: readonly Row[];
  /** What else it takes. Its effect is seen in another start. */
  with?: Record<string, unknown>;
  /** The first systemd that starts it; for an older one it is refused. */
  since?: number;
}

const calls =
  'perl /srv/system-call fsync 999; perl /srv/system-call keyctl 0 -3 0 0 0; perl /srv/system-call chroot 0';
const usr = ['/usr:/usr:norbind,idmap', '/etc/alternatives:/etc/alternatives:norbind,idmap'];
const journal = '/var/log/journal/$id';
const stub = { 'exec.boot': false, 'exec.processTwo': true };
const user = 'daemon';

const limit = (name: string, value: number | string, shown: string, soft: string, hard = soft): Row => [
  `exec.limit${name}`,
  value,
  `limit 'Max ${shown}'`,
  `${soft} ${hard}`,
];

// A test host has no CAP_SYS_RESOURCE: limits can only be lowered, and those of priorities are 0 from the beginning.
const limits: readonly Row[] = [
  limit('CPU', '10min:1h', 'cpu time', '600', '3600'),
  limit('FSIZE', '900M:1G', 'file size', '943718400', '1073741824'),
  limit('DATA', '901M:1G', 'data size', '944766976', '1073741824'),
  limit('STACK', '4M:8M', 'stack size', '4194304', '8388608'),
  limit('CORE', '1M:2M', 'core file size', '1048576', '2097152'),
  limit('RSS', '902M:1G', 'resident set', '945815552', '1073741824'),
  limit('NPROC', '4000:5000', 'processes', '4000', '5000'),
  limit('NOFILE', '512:1024', 'open files', '512', '1024'),
  limit('MEMLOCK', '1M:2M', 'locked memory', '1048576', '2097152'),
  limit('AS', '903M:1G', 'address space', '946864128', '1073741824'),
  limit('LOCKS', '100:200', 'file locks', '100', '200'),
  limit('SIGPENDING', '110:220', 'pending signals', '110', '220'),
  limit('MSGQUEUE', '400K:500K', 'msgqueue size', '409600', '512000'),
  limit('NICE', '0', 'nice priority', '0'),
  limit('RTPRIO', 0, 'realtime priority', '0'),
  limit('RTTIME', '200ms:300ms', 'realtime timeout', '200000', '300000'),
];

const rights: Start = {
  title: 'a program of another user, with rights and limits of its own',
  before: 'mkdir "$tree/srv/work"',
  program: 'uname -m; pwd; setpriv --reuid root id 2>&1',
  rows: [
    ['exec.boot', false, 'cat /proc/$program/comm', 'sh'],
    ['exec.processTwo', true, 'first_word </proc/$leader/cmdline', '(sd-stubinit)'],
    ['exec.user', user, 'id -u daemon; echo $(($(status Uid | cut -f 1) - shift))', /^(\d+)\n\1$/],
    ['exec.workingDirectory', '/srv/work', 'readlink /proc/$program/cwd; said 2', '/srv/work\n/srv/work'],
    ['exec.capability', ['CAP_NET_ADMIN', 'CAP_NET_RAW'], 'has CapBnd 12 13', '1 1'],
    ['exec.dropCapability', ['CAP_SYS_ADMIN', 'CAP_MKNOD'], 'has CapBnd 21 27 18', '0 0 1'],
    ['exec.ambientCapability', ['CAP_NET_RAW'], 'has CapAmb 13 12; has CapEff 13 12', '1 0\n1 0'],
    ['exec.noNewPrivileges', true, 'status NoNewPrivs', '1'],
    // PER_LINUX32
    ['exec.personality', 'x86', 'cat /proc/$program/personality; said 1', '00000008\ni686'],
    ['exec.cpuAffinity', ['0'], 'status Cpus_allowed_list', '0'],
    ['exec.hostname', 'other.example', 'inside cat /proc/sys/kernel/hostname', 'other.example'],
    ...limits,
  ],
};

const rightsOfRoot: Start = {
  title: 'a program that is PID 1 and root',
  program: `${calls}; trap "echo USR1 >/srv/stopped; exit" USR1`,
  rows: [
    ['exec.boot', false, 'echo $((leader == program))', '1'],
    ['exec.processTwo', false, 'first_word </proc/$leader/cmdline', '/bin/sh'],
    ['exec.environment', { PLAIN: 'x' }, "tr '\\0' '\\n' </proc/$leader/environ | grep PLAIN", 'PLAIN=x'],
    // What is not there cannot be written to a disk.
    ['exec.suppressSync', true, 'said 1', '0'],
    // ENOKEY or the key's number, and not EPERM.
    ['exec.systemCallFilter', ['@keyring'], 'said 2', /^(\d{3,}|126)$/],
    [
      'exec.machineID',
      '0123456789ab4def8123456789abcdef',
      'inside cat /run/host/container-uuid | tr -d -',
      'ID',
    ],
    ['exec.privateUsers', 131072, 'users', '0 131072 65536'],
    ['network.virtualEthernet', false, 'inside ip -br link | first_words', 'lo'],
  ],
  stopped: [['exec.killSignal', 'SIGUSR1', 'cat "$tree/srv/stopped"', 'USR1']],
};

const refusedCalls: Start = {
  title: 'a program that may do less',
  program: calls,
  with: stub,
  rows: [
    ['exec.systemCallFilter', ['~chroot'], 'said 3', 'EPERM'],
    ['exec.suppressSync', false, 'said 1', 'EBADF'],
    ['exec.noNewPrivileges', false, 'status NoNewPrivs', '0'],
    ['exec.personality', 'x86-64', 'cat /proc/$program/personality', '00000000'],
    ['exec.ephemeral', false, 'ls -A /var/lib/machines | grep -F "#machine.$name" || echo none', 'none'],
  ],
};

const mounts: Start = {
  title: 'files of the host',
  before: `mkdir -p /srv/opt-a:b /srv/opt-lower /srv/opt-upper; echo lower >/srv/opt-lower/x; echo upper >/srv/opt-upper/y
    chown 33:33 /srv/opt-lower/x; chown 1234:1234 /srv/opt-lower`,
  with: stub,
  rows: [
    [
      'files.bind',
      ['/srv/opt-a\\:b:/srv/with\\:colon:idmap'],
      'inside touch /srv/with:colon/z; stat -c %u /srv/opt-a:b/z',
      '0',
    ],
    ['files.bind', ['/srv/opt-a\\:b:/srv/plain:noidmap'], 'inside stat -c %U /srv/plain', 'nobody'],
    ['files.bindReadOnly', [usr[0]], 'inside stat -c %U:%a /usr/bin/su; options /usr', /^root:4755\nro\b/],
    ['files.bindReadOnly', [usr[1]], 'options /etc/alternatives', /^ro\b/],
    [
      'files.bindReadOnly',
      ['/srv/opt-lower:/srv/l:rootidmap'],
      'inside stat -c %u /srv/l; inside touch /srv/l/z',
      /^0\n.*Read-only/,
    ],
    [
      'files.temporaryFileSystem',
      ['/var/cache:size=16M,mode=750'],
      'inside stat -c %a /var/cache; options /var/cache',
      /^750\nrw.*size=16384k/,
    ],
    ['files.inaccessible', ['/root'], 'inside stat -c %a /root', '0'],
    [
      'files.overlay',
      ['/srv/opt-lower:/srv/opt-upper:/srv/o'],
      'inside cat /srv/o/x /srv/o/y; options /srv/o',
      /^lower\nupper\nrw/,
    ],
    [
      'files.overlayReadOnly',
      ['/srv/opt-lower:/srv/opt-upper:/srv/p'],
      'inside cat /srv/p/x /srv/p/y; options /srv/p',
      /^lower\nupper\nro/,
    ],
    ['files.readOnly', false, 'options /', /^rw/],
    ['files.volatile', false, 'type /', /^ext/],
  ],
};

const links: Start = {
  title: 'interfaces of the host',
  before: 'ip link add opt0 type veth peer name opt1; ip link add optbr type bridge',
  with: stub,
  rows: [
    [
      'network.private',
      true,
      'inside ip -br link | grep -c host0; [ /proc/$leader/ns/net -ef /proc/1/ns/net ] || echo own',
      '1\nown',
    ],
    ['network.virtualEthernet', true, 'inside ip -br link | first_words | grep host0', 'host0'],
    [
      'network.virtualEthernetExtra',
      ['optx:ext0'],
      'inside ip -br link | first_words | grep ext0; ip -br link show optx | first_words',
      'ext0\noptx',
    ],
    [
      'network.interface',
      ['opt0'],
      'inside ip -br link | first_words | grep opt0; ip link show opt0 2>&1',
      /^opt0\n.*does not exist/,
    ],
    ['network.macvlan', ['opt1'], 'inside ip -d link show mv-opt1', /macvlan/],
    ['network.bridge', 'optbr', 'ip -br link show master optbr | first_words', /^vb-opt-router/],
  ],
};

const zone: Start = {
  title: 'a zone, and ports that lead to the machine',
  with: stub,
  rows: [
    ['network.zone', 'optz', 'ip -br link show master vz-optz | first_words', /^vb-opt-router/],
    [
      'network.port',
      ['tcp:18080:80', 'udp:14788'],
      `nsenter -t $leader -n ip address add 192.0.2.7/24 dev host0; nsenter -t $leader -n ip link set host0 up; ip link set vb-$name up
       timeout 5 sh -c 'until nft -n list map ip io.systemd.nat map_port_ipport | grep 192.0.2.7; do :; done' | tr -d '\\n\\t'`,
      /6 \. 18080 : 192\.0\.2\.7 \. 80,\s*17 \. 14788 : 192\.0\.2\.7 \. 14788/,
    ],
  ],
  stopped: [['network.zone', 'optz', 'ip link show vz-optz 2>&1', /does not exist/]],
};

const hostNamespaces: Start = {
  title: "the host's network, and its users",
  before: `mkdir ${journal}`,
  with: stub,
  rows: [
    ['network.private', false, '[ /proc/$leader/ns/net -ef /proc/1/ns/net ] && echo same', 'same'],
    ['exec.privateUsers', 'no', 'users', '0 0 4294967295'],
    ['exec.oomScoreAdjust', 100, 'cat /proc/$program/oom_score_adj', '100'],
    // 257 maps the owner of that folder only, and not its group, which its files are to get.
    [
      'exec.linkJournal',
      'auto',
      `mounted ${journal} && inside touch ${journal}/x && ls ${journal}`,
      ['x', /Permission denied$/],
    ],
  ],
};

const sources = {
  host: '/etc/resolv.conf',
  static: '/usr/lib/systemd/resolv.conf',
  uplink: '/run/systemd/resolve/resolv.conf',
  stub: '/run/systemd/resolve/stub-resolv.conf',
};
const resolv = (value: string): Row => {
  const [how, source] = value.split('-') as [string, keyof typeof sources];
  return [
    'exec.resolvConf',
    value,
    `from ${sources[source]} /etc/resolv.conf`,
    how === 'bind' ? 'mounted' : 'copied',
  ];
};
const ownFile = 'echo own >"$tree/etc/resolv.conf"';
// A copy takes the place of a file alone; what replaces it, of a link too (systemd-nspawn(1), --resolv-conf=).
const mountPoint = 'mkdir "$tree/etc/alternatives"';
const ownLink = 'ln -sfn /nowhere "$tree/etc/resolv.conf"';
const paris = 'ln -sfn ../usr/share/zoneinfo/Europe/Paris "$tree/etc/localtime"';
const zoneOfHost = '$(readlink -f /etc/localtime)';
// The folder belongs to the host's root. systemd in such a machine keeps its journal in memory.
const unwritable = /^directory\nmounted\n.*Permission denied$/;

const trees: readonly Start[] = [
  {
    title: 'a tree that is not written to',
    before: `${mountPoint}; ${ownFile}; ${paris}`,
    with: stub,
    rows: [
      ['files.readOnly', true, 'options /; inside touch /etc/x', /^ro.*\n.*Read-only/],
      ['files.privateUsersOwnership', 'auto', 'stat -c %u "$tree/etc"; inside stat -c %u /etc', '0\n0'],
      ['exec.resolvConf', 'off', 'cat "$root/etc/resolv.conf"', 'own'],
      ['exec.timezone', 'off', 'readlink "$root/etc/localtime"', '../usr/share/zoneinfo/Europe/Paris'],
      [
        'exec.linkJournal',
        'no',
        `ls -d ${journal} 2>&1; mounted ${journal} || echo unmounted`,
        /No such file.*\nunmounted/,
      ],
    ],
  },
  {
    title: 'state that is not kept',
    before: `${mountPoint}; ${ownFile}`,
    with: stub,
    since: 253,
    rows: [
      ['files.volatile', 'state', 'options /; type /var', /^ro.*\ntmpfs/],
      ['exec.resolvConf', 'auto', 'cat "$root/etc/resolv.conf"', 'own'],
    ],
  },
  {
    title: 'a tree that is written to for a while',
    before: `${ownLink}; ${paris}`,
    with: stub,
    rows: [
      [
        'files.volatile',
        'overlay',
        'type /; inside touch /etc/x; ls "$root/etc/x" "$tree/etc/x" 2>&1 | sort',
        /^overlay\n\/proc.*\nls: cannot/,
      ],
      resolv('replace-host'),
      ['exec.timezone', 'auto', 'readlink "$root/etc/localtime"', '../usr/share/zoneinfo/Etc/UTC'],
    ],
  },
  {
    title: 'nothing but /usr',
    with: {
      ...stub,
      'files.bindReadOnly': [
        ...usr,
        ...['/bin', '/lib', '/lib64'].map((path) => `${path}:${path}:norbind,idmap`),
      ],
    },
    rows: [
      [
        'files.volatile',
        true,
        'type /; ls -A "$root/srv" "$root/etc" 2>&1',
        /^tmpfs\n[\s\S]*srv.*No such file/,
      ],
      ['files.privateUsersOwnership', 'off', 'inside stat -c %u / /etc /usr /bin', '0\n0\n0\n0'],
    ],
  },
  {
    title: 'a copy of the tree',
    before: ownLink,
    with: stub,
    rows: [
      [
        'exec.ephemeral',
        true,
        'inside touch /etc/x; ls "$tree/etc/x" 2>&1; ls -dA /var/lib/machines/.#machine.$name* | wc -l',
        /cannot access.*\n1$/,
      ],
      resolv('replace-static'),
    ],
    stopped: [
      ['exec.ephemeral', true, 'ls -A /var/lib/machines | grep -F "#machine.$name" || echo none', 'none'],
    ],
  },
  {
    title: 'another root in the tree',
    before: `${ownLink}; mkdir "$tree/new"; cp -a "$tree"/[b-mo-z]* "$tree/new/"`,
    with: stub,
    rows: [
      [
        'exec.pivotRoot',
        '/new',
        'ls -d "$root/new" 2>&1; mounted_from /',
        /cannot access[\s\S]*\/opt-router\/new$/,
      ],
    ],
  },
  {
    title: 'another root in the tree, with the old one in it',
    before: 'mkdir "$tree/new"; cp -a "$tree"/[b-mo-z]* "$tree/new/"; mkdir "$tree/new/old"',
    with: stub,
    since: 253,
    rows: [
      [
        'exec.pivotRoot',
        '/new:/old',
        'ls -d "$root/old/new"; mounted_from /',
        /old\/new\n.*\/opt-router\/new$/,
      ],
    ],
  },
  {
    title: 'a user of the host',
    before: `${ownLink}; sed -i /^operator:/d "$tree/etc/passwd" "$tree/etc/group"`,
    with: stub,
    rows: [
      [
        'files.bindUser',
        ['operator'],
        'inside stat -c %u /run/host/home/operator; cat "$root/run/host/userdb/operator.user"',
        /^60514\n.*"userName"\s*:\s*"operator"/,
      ],
      ['exec.privateUsers', 'pick', 'users', /^0 \d{6,} 60514\n60514 1000 1\n/],
      resolv('replace-uplink'),
    ],
  },
  {
    title: "the host's UIDs in a namespace",
    before: ownFile,
    with: stub,
    rows: [
      ['exec.privateUsers', 'identity', 'users', '0 0 65536'],
      resolv('bind-host'),
      ['exec.timezone', 'bind', `from ${zoneOfHost} /etc/localtime`, 'mounted'],
    ],
  },
  {
    title: 'UIDs that are given, and files mapped to them',
    before: `${ownFile}; ${paris}`,
    with: stub,
    rows: [
      ['exec.privateUsers', '131072:65536', 'users', '0 131072 65536'],
      ['files.privateUsersOwnership', 'map', 'stat -c %u "$tree/etc"; inside stat -c %u /etc', '0\n0'],
      resolv('bind-static'),
      [
        'exec.timezone',
        'copy',
        `from ${zoneOfHost} /etc/localtime; stat -c %F "$root/etc/localtime"`,
        'copied\nregular file',
      ],
      [
        'exec.linkJournal',
        'host',
        `stat -c %F ${journal}; mounted ${journal} && echo mounted; inside touch ${journal}/x`,
        unwritable,
      ],
    ],
  },
  {
    title: 'UIDs that are given, and files changed to them',
    before: `${ownFile}; ${paris}`,
    with: stub,
    rows: [
      ['exec.privateUsers', 131072, 'users', '0 131072 65536'],
      ['files.privateUsersOwnership', 'chown', 'stat -c %u "$tree/etc"; inside stat -c %u /etc', '131072\n0'],
      resolv('bind-uplink'),
      ['exec.timezone', 'symlink', 'readlink "$root/etc/localtime"', '../usr/share/zoneinfo/Etc/UTC'],
      [
        'exec.linkJournal',
        'try-host',
        `stat -c %F ${journal}; mounted ${journal} && echo mounted; inside touch ${journal}/x`,
        unwritable,
      ],
    ],
  },
  {
    title: 'the UIDs that the tree has, and files as they are',
    before: `${ownFile}; ${paris}; chown -R 196608:196608 "$tree"`,
    with: stub,
    rows: [
      ['exec.privateUsers', true, 'users', '0 196608 65536'],
      ['files.privateUsersOwnership', 'off', 'stat -c %u "$tree/etc"; inside stat -c %u /etc', '196608\n0'],
      resolv('bind-stub'),
      ['exec.timezone', 'delete', 'ls "$root/etc/localtime" 2>&1', /No such file/],
      [
        'exec.linkJournal',
        'guest',
        `readlink ${journal}; inside touch ${journal}/x; ls ${journal}`,
        '/var/lib/machines/opt-router/var/log/journal/ID\nx',
      ],
    ],
  },
  {
    title: 'UIDs that are picked, and files changed to them in the old way',
    before: ownLink,
    with: stub,
    rows: [
      ['exec.privateUsers', 'pick', 'users', /^0 \d{6,} 65536$/],
      [
        'files.privateUsersChown',
        true,
        'echo $(($(stat -c %u "$tree/etc") - shift)); inside stat -c %u /etc',
        '0\n0',
      ],
      resolv('replace-stub'),
      [
        'exec.linkJournal',
        'try-guest',
        `readlink ${journal}; inside touch ${journal}/x; ls ${journal}`,
        '/var/lib/machines/opt-router/var/log/journal/ID\nx',
      ],
    ],
  },
  {
    title: 'no DNS servers',
    before: ownFile,
    with: stub,
    rows: [
      ['exec.resolvConf', 'delete', 'ls "$root/etc/resolv.conf" 2>&1', /No such file/],
      ['files.privateUsersChown', false, 'stat -c %u "$tree/etc"; inside stat -c %U /etc', '0\nnobody'],
    ],
  },
  ...Object.keys(sources).map(
    (source): Start => ({
      title: `DNS servers from ${sources[source as keyof typeof sources]}`,
      before: ownFile,
      with: stub,
      rows: [resolv(`copy-${source}`)],
    }),
  ),
];

/** All starts. */
export const starts: readonly Start[] = [
  rights,
  rightsOfRoot,
  refusedCalls,
  mounts,
  links,
  zone,
  hostNamespaces,
  ...trees,
];
