import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatGraph, formatPlan, formatReport, planTopology, type TopologyPlan } from '../../../sdk';

const plan = planTopology({
  hosts: { paris: { underlay: '192.0.2.1' }, tokyo: { underlay: '192.0.2.2' } },
  routers: {
    r1: { id: 1, host: 'paris', role: 'reflector' },
    r2: { id: 2, host: 'tokyo' },
    x: { id: 3, host: 'tokyo', asn: 65001 },
  },
  links: [
    { a: 'r1', b: 'r2', id: 1, area: 1, cost: 20 },
    { a: 'r2', b: 'x', id: 2, adminState: 'down', bfd: true },
    { a: 'x', b: { host: true, asn: 65002 }, id: 3 },
  ],
  policy: { asn: 65000, pools: { loopback4: '10.255.0.0/24', p2p4: '10.0.0.0/24' } },
});

describe('reports of a plan', () => {
  test('addressing: each address in order, and whose it is', () => {
    assert.equal(
      formatReport(plan, 'addressing'),
      `address        interface       link
10.0.0.0/31    r1:to-r2_tokyo  r1_r2
10.0.0.1/31    r2:to-r1_paris  r1_r2
10.0.0.2/31    r2:to-x         r2_x
10.0.0.3/31    x:to-r2         r2_x
10.0.0.4/31    x:to-host       x_.host
10.0.0.5/31    .host:to-x      x_.host
10.255.0.1/32  r1:lo
10.255.0.2/32  r2:lo
10.255.0.3/32  x:lo
`,
    );
  });

  test('sessions: who speaks what with whom', () => {
    assert.equal(
      formatReport(plan, 'sessions'),
      `router  protocol  neighbour   is        over         AS     area
r1      iBGP      10.255.0.2  r2        lo           65000        ipv4, client
r1      OSPFv2    10.255.0.2  r2        to-r2_tokyo         1
r2      eBGP      10.0.0.3    x         to-x         65001        ipv4, BFD, down
r2      iBGP      10.255.0.1  r1        lo           65000        ipv4
r2      OSPFv2    10.255.0.1  r1        to-r1_paris         1
x       eBGP      10.0.0.2    r2        to-r2        65000        ipv4, BFD, down
x       eBGP      10.0.0.5    the host  to-host      65002        ipv4
`,
    );
  });

  test('routers: all of each, as Markdown too', () => {
    assert.match(
      formatReport(plan, 'routers'),
      /^r1: host paris, AS 65000, router id 10\.255\.0\.1, loopback 10\.255\.0\.1, reflector\ninterface +address +to +link +runs +cost\nto-r2_tokyo +10\.0\.0\.0\/31 +r2:to-r1_paris +vxlan +ospf +20\n\nr2: /,
    );
    assert.match(
      formatReport(plan, 'routers', 'markdown'),
      /^## r1\n\nhost paris, .*\n\n\| interface \| address \| to \| link \| runs \| cost \|\n\| --- \|.*\n\| to-r2\\_tokyo \| 10\.0\.0\.0\/31 \| r2:to-r1\\_paris \| vxlan \| ospf \| 20 \|\n/,
    );
    assert.match(formatPlan(plan, 'markdown'), /^\| host \| routers \| memory \|\n/);
  });
});

describe('graphs of a plan', () => {
  test('Mermaid: routers within their hosts, what is down dashed', () => {
    assert.equal(
      formatGraph(plan),
      `flowchart LR
  subgraph h1["paris"]
    n1["r1<br/>AS 65000<br/>10.255.0.1"]
  end
  subgraph h2["tokyo"]
    n2["r2<br/>AS 65000<br/>10.255.0.2"]
    n3["x<br/>AS 65001<br/>10.255.0.3"]
    n4("the host")
  end
  n1 ---|"vxlan ospf, area 1, cost 20"| n2
  n2 -.-|"veth ebgp, down"| n3
  n3 ---|"veth ebgp"| n4
`,
    );
  });

  test('Graphviz and D2', () => {
    assert.match(formatGraph(plan, 'dot'), /^ {4}n1 \[label="r1\\nAS 65000\\n10\.255\.0\.1"\];$/m);
    assert.match(formatGraph(plan, 'dot'), /^ {2}n2 -- n3 \[label="veth ebgp, down", style=dashed\];$/m);
    assert.match(formatGraph(plan, 'd2'), /^ {2}n4: "the host" \{ shape: oval \}$/m);
    assert.match(formatGraph(plan, 'd2'), /^h1\.n1 -- h2\.n2: "vxlan ospf, area 1, cost 20"$/m);
  });

  test('take no name for their own language', () => {
    const hostile = 'a"]; <b> \\ $x | `y`\nend';
    const strange: TopologyPlan = {
      ...plan,
      hosts: { [hostile]: { ...plan.hosts.paris, routers: ['r1'] } as never },
      links: {},
    };
    const lines = (text: string) => text.trimEnd().split('\n').length;
    assert.match(formatGraph(strange), /subgraph h1\["a#34;\]; #60;b#62; \\ \$x #124; #96;y#96;#10;end"\]/);
    assert.match(formatGraph(strange, 'dot'), /label="a\\"\]; <b> \\\\ \\\$x \| `y`\\nend";/);
    assert.deepEqual(
      [lines(formatGraph(strange)), lines(formatGraph(strange, 'dot')), lines(formatGraph(strange, 'd2'))],
      [4, 7, 3],
    );
    const names = { ...strange, hosts: {}, routers: { 'r|1*': plan.routers.r1 as never } };
    assert.match(formatPlan(names, 'markdown'), /\| r\\\|1\\\* \| paris \|/);
  });
});
